// Space box, the enclosure: a hood that carries the panel, and a drawer that carries the Pi.
//
//   openscad -D 'part="hood"'   -o hood.stl   spacebox.scad   (printed on its face)
//   openscad -D 'part="drawer"' -o drawer.stl spacebox.scad   (printed on its floor)
//
// Millimetres. Assembled: x to the right as one looks at the face, y from the face backwards,
// z up. Neither part needs support. Measure your screen before printing: modules of one size differ.

part = "assembled";  // hood, drawer, assembled; for the checks: the clashes; for picture.py: what it names
glass = 2.42;        // inches: 2.42 or 1.3

// The screen: board, holes of the board, panel of glass, lit area, how far the lit area sits above
// the board's middle, how far the glass stands out of the board, drill and post of its screws.
big = glass > 2;
screen_board = big ? [72, 44] : [35.4, 33.5];
screen_holes = big ? [66, 38] : [30.4, 28.5];
screen_panel = big ? [60.5, 37] : [34.5, 23];
screen_lit = big ? [55, 27.5] : [29.4, 14.7];
screen_rise = big ? 1 : 1.9;
screen_proud = big ? 2.2 : 1.6;
screen_drill = 2.1;
screen_post = big ? 5.4 : 4;

// A pane of dark acrylic before it; the box is as good without.
pane = big ? [79, 41, 1] : [54, 28, 1];
pane_corner = 5;

// Bought parts, as holes.
button_hole = 12.2;   // push button for a 12 mm hole
button_pitch = 26.5;
lamp_hole = 8.2;      // holder of a 5 mm LED
speaker = 40;         // round, glued into its ring
screw_hole = 3.4;     // M3
screw_drill = 2.5;

// The box.
width = 150;
height = 78;
depth = 94;
wall = 2.4;
corner = 14;
gap = 0.3;            // between hood and drawer
chamfer = 1.4;
names = ["MUTE", "APPROVE", "END"];
face_x = 97;          // the middle of screen and buttons
button_z = 15.5;
screen_z = 51;
grille = [28, 42];
lamps_x = [18, 38];   // on air, request
lamps_y = 30;

// The Pi (3, 4 or 5), turned so that its power socket looks backwards and USB to the left.
pi = [85, 56, 1.6];
pi_holes = [[3.5, 3.5], [61.5, 3.5], [3.5, 52.5], [61.5, 52.5]];  // from the SD card's corner
pi_drill = 2.2;       // M2.5
pi_post = 6;
floor_z = wall + gap;
pi_z = floor_z + wall + pi_post;
pi_usb_x = wall + 3.5;                  // sockets stand out by 3
back_y = depth - 1 - wall;              // inner side of the back
pi_back_y = back_y - 2;
function on_pi(p) = [pi_usb_x + pi[0] - p[0], pi_back_y - pi[1] + p[1]];

boss = [wall + 8, height - wall - 8];   // the hood's two upper corners, as [from the side, z]
pads = [[20, 32], [128, 32]];           // screws from below
$fn = 24;

echo(buttons = [for (i = [0:2]) [names[i], button_x(i), button_z]]);
echo(pi = [for (p = pi_holes) on_pi(p)], pi_z = pi_z);
echo(lamps = [for (x = lamps_x) [x, lamps_y]]);
echo(posts = [for (p = corners(screen_holes)) on_face(p)]);
echo(lit = [[face_x - screen_lit[0] / 2, screen_z + screen_lit[1] / 2], screen_lit]);
echo(box = [[width, depth, height], [corner]]);

function on_face(p) = [face_x + p[0], screen_z - screen_rise + p[1]];
function button_x(i) = face_x + (i - 1) * button_pitch;

if (part == "hood") rotate([90, 0, 0]) hood();
else if (part == "drawer") translate([0, 0, -floor_z]) drawer();
else if (part == "clash") clash();
else if (part == "screen_clash") screen_clash();
else if (part == "wood") { hood(); drawer(); }
else if (part == "glass") cover();
else if (part == "lit") lit();
else if (part == "keys") buttons(4);
else if (part == "board") board();
else if (part == "loudspeaker") loudspeaker();
else if (part == "on_air") lamp(lamps_x[0]);
else if (part == "request") lamp(lamps_x[1]);
else { assert(part == "assembled", "no such part"); assembled(); }

module assembled() {
  color("#e9d9bd") hood();
  color("#d8c6a6") drawer();
  color("#1b1613") cover();
  color("#f7e9d3") lit();
  color("#f6efe3") buttons(4);
  color("#b8321c") lamp(lamps_x[0]);
  color("#f0b23e") lamp(lamps_x[1]);
}

// ---- the hood -----------------------------------------------------------------------------

module hood() {
  difference() {
    shell();
    union() {
      along(-1, wall + 1) openings();
      along(wall - 0.8, wall + 1)
        for (p = corners(screen_holes)) translate(on_face(p)) circle(d = screen_drill);
      along(-1, 0.6) for (i = [0:2]) translate([button_x(i), button_z + 9.3]) label(names[i]);
      along(-1, pane[2]) translate([face_x, screen_z]) rounded([pane[0], pane[1]], pane_corner);
      up(height - wall - 1, height + 1)
        for (x = lamps_x) translate([x, lamps_y]) circle(d = lamp_hole);
      up(-1, wall + 1) { for (p = pads) translate(p) circle(d = screw_hole); vents_below(); }
      translate([-1, pi_back_y - pi[1] + 0.5, pi_z]) cube([wall + 2, pi[1] - 1, 19]);
    }
  }
  along(wall - 0.2, wall + screen_proud)
    for (p = corners(screen_holes)) translate(on_face(p)) ring(screen_drill, screen_post);
  along(wall - 0.2, wall + 3) translate(grille) ring(speaker + 0.6, speaker + 4, $fn = 64);
  for (side = [0, 1]) mirrored(side) corner_boss();
}

module shell() {
  difference() {
    hull() {
      along(0, 0.01) outline(chamfer);
      along(chamfer, depth) outline();
    }
    along(wall, depth + 1) outline(wall);
  }
}

module openings() {
  for (i = [0:2]) translate([button_x(i), button_z]) circle(d = button_hole, $fn = 48);
  translate([face_x, screen_z]) square(screen_lit + [2, 2], center = true);
  translate(grille) dots();
}

// Columns of dots as on the page's picture, the outer ones shorter.
module dots() {
  for (c = [-2.5:2.5], r = [-3:3])
    if (abs(c) < 2.5 || abs(r) < 3) translate([c, r] * 5.6) circle(d = 2.8, $fn = 16);
}

// Grows out of the corner at 45 degrees, so that it prints without support.
module corner_boss() {
  difference() {
    hull() {
      along(back_y - 12, back_y - 0.1) intersection() { outline(1); boss_shape(9); }
      along(back_y - 30, back_y - 29.9) intersection() { outline(1); boss_shape(-3); }
    }
    along(back_y - 12, back_y) translate(boss) circle(d = screw_drill, $fn = 16);
  }
}

module boss_shape(r) {
  translate([0, boss[1] - r / 2]) square([boss[0] + r / 2, height]);
}

// ---- the drawer ---------------------------------------------------------------------------

module drawer() {
  up(floor_z, floor_z + wall) difference() {
    translate([corner, wall + gap]) square([width - 2 * corner, back_y - wall]);
    vents_below();
    for (p = pads) translate(p) circle(d = screw_drill, $fn = 16);
  }
  along(back_y, back_y + wall) difference() {
    intersection() {
      outline(wall + gap);
      translate([0, floor_z]) square([width, height]);
    }
    for (side = [0, 1]) translate([side ? width - boss[0] : boss[0], boss[1]])
      circle(d = screw_hole);
    sockets();
    vents_behind();
  }
  up(floor_z + 1, pi_z) for (p = pi_holes) translate(on_pi(p)) ring(pi_drill, 6);
  up(floor_z + 1, floor_z + wall + 5) for (p = pads) translate(p) ring(screw_drill, 8);
  for (x = [98, width - corner - wall]) brace(x);
}

// Power, and beside it picture and sound: wide enough for the plugs of all three models.
module sockets() {
  for (span = [[3.5, 18.8], [21, 59.5]])
    translate([on_pi([span[1], 0])[0], pi_z - 2.5])
      offset(1.5) offset(-1.5) square([span[1] - span[0], 12.5]);
}

module vents_behind() {
  for (x = [27:6:width - 27]) translate([x, 53]) rounded([2.6, 30], 1.29, $fn = 12);
}

module vents_below() {
  for (x = [37:7:80]) translate([x, pi_back_y - pi[1] / 2]) rounded([2.6, 34], 1.29, $fn = 12);
}

module brace(x) {
  translate([x, 0, 0]) rotate([90, 0, 90]) linear_extrude(wall)
    polygon([[back_y - 14, floor_z + 1], [back_y + 1, floor_z + 1], [back_y + 1, floor_z + 16]]);
}

// ---- what is bought, as solids ------------------------------------------------------------

module board() {
  translate([pi_usb_x, pi_back_y - pi[1], pi_z + 0.01]) cube(pi);
  for (y = [9.6, 28, 46.4])  // USB and Ethernet, in whichever order
    translate([pi_usb_x - 3, pi_back_y - y - 8.5, pi_z + pi[2]]) cube([21, 17, 16]);
  translate([pi_usb_x + 18, pi_back_y - pi[1] + 1, pi_z + pi[2]]) cube([60, 6, 9]);  // header
  translate([pi_usb_x + 28, pi_back_y - 10, pi_z + pi[2]]) cube([50, 11, 7]);  // power, HDMI, sound
}

module screen() {
  y = wall + screen_proud + 0.01;
  along(y, y + 1.6) middle() square(screen_board, center = true);
  along(wall + 0.01, y + 0.1) middle() square(screen_panel, center = true);
}

module cover() {
  along(0.05, pane[2] - 0.01) translate([face_x, screen_z])
    rounded([pane[0] - 0.4, pane[1] - 0.4], pane_corner - 0.2);
}

module lit() {
  along(0, 0.1) translate([face_x, screen_z]) square(screen_lit, center = true);
}

module middle() { translate([face_x, screen_z - screen_rise]) children(); }

module buttons(proud) {
  for (i = [0:2]) {
    along(-2, -0.01) translate([button_x(i), button_z]) circle(d = 14, $fn = 48);
    along(-proud, -1) translate([button_x(i), button_z]) circle(d = 10, $fn = 48);
    along(-1, 22) translate([button_x(i), button_z]) circle(d = 11.9, $fn = 48);
    along(wall + 0.01, wall + 3) translate([button_x(i), button_z]) circle(d = 16, $fn = 6);
  }
}

module lamp(x) {
  translate([x, lamps_y, height - 25]) cylinder(d = 7.8, h = 26);
  translate([x, lamps_y, height + 0.01]) cylinder(d = 11, h = 1.4, $fn = 48);
  translate([x, lamps_y, height + 1]) intersection() {
    sphere(d = 9, $fn = 48);
    cylinder(d = 20, h = 20);
  }
}

module loudspeaker() {
  along(wall + 0.01, wall + 5) translate(grille) circle(d = speaker);
  along(wall + 4, wall + 18) translate(grille) circle(d = 24);
}

// Empty, or two things would be in one place.
module clash() {
  intersection() { hood(); union() { drawer(); bought(); } }
  intersection() { drawer(); bought(); }
  intersection() { union() { buttons(4); loudspeaker(); } union() { board(); screen(); } }
  intersection() { union() { lamp(lamps_x[0]); lamp(lamps_x[1]); } union() { board(); loudspeaker(); } }
}

// The same for what alone changes with the size of the screen.
module screen_clash() {
  intersection() { union() { hood(); buttons(4); } union() { screen(); cover(); } }
}

module bought() {
  board();
  screen();
  cover();
  buttons(4);
  loudspeaker();
  for (x = lamps_x) lamp(x);
}

// ---- shapes -------------------------------------------------------------------------------

module outline(inset = 0) {
  translate([inset, inset])
    rounded_from_corner([width - 2 * inset, height - 2 * inset], corner - inset);
}

module rounded_from_corner(size, r) {
  translate([r, r]) offset(r, $fn = 64) square(size - [2 * r, 2 * r]);
}

module rounded(size, r) { translate(-size / 2) rounded_from_corner(size, r); }

module ring(inner, outer) { difference() { circle(d = outer); circle(d = inner); } }

module label(words) {
  text(words, size = 3.2, font = "DejaVu Sans:style=Bold", halign = "center", spacing = 1.1, $fn = 6);
}

function corners(size) = [for (x = [-0.5, 0.5], z = [-0.5, 0.5]) [x * size[0], z * size[1]]];

// What is drawn on the face (x, z), extruded backwards from one y to another.
module along(from, to) {
  translate([0, to, 0]) rotate([90, 0, 0]) linear_extrude(to - from) children();
}

module up(from, to) { translate([0, 0, from]) linear_extrude(to - from) children(); }

module mirrored(side) { translate([side ? width : 0, 0, 0]) mirror([side, 0, 0]) children(); }
