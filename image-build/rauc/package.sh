# shellcheck shell=sh
# Sourced by the initramfs: which version of the package runs on a board without a second slot.
# Links in the folder FOLDER on the data partition; spacebox/system/packages.py makes them.

# choose_package FOLDER : `next` is tried once. What was tried and not kept is dropped.
choose_package() {
  rm -f "$1/tried"
  if [ -L "$1/next" ]; then mv -f "$1/next" "$1/tried"; fi
}

# put_package FOLDER ROOT : the version that was chosen, over the one of the image.
put_package() {
  for link in "$1/tried" "$1/current"; do
    [ -L "$link" ] || continue
    if [ -d "$link/opt/spacebox" ]; then mount -o bind "$link/opt/spacebox" "$2/opt/spacebox"; fi
    return 0
  done
}
