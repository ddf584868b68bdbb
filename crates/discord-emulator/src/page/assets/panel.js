// The emulator's controls.
export function panel() {}
