"""WebRTC: offers answered, packets out, frames in. One connection carries sound one way."""
