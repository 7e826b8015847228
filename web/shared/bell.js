/** The bell's sound: two soft tones, made here, no file to load. */
let context = null;

function audio() {
  context ??= new AudioContext();
  return context;
}

/** Browsers allow sound only after the person has touched the page. */
export const soundAllowed = () => audio().state === "running";

export async function allowSound() {
  await audio().resume();
  return soundAllowed();
}

export function allowSoundAtFirstTouch() {
  const events = ["pointerdown", "keydown"];
  const unlock = () => {
    allowSound();
    for (const name of events) document.removeEventListener(name, unlock);
  };
  for (const name of events) document.addEventListener(name, unlock);
}

export function ring() {
  if (!soundAllowed()) return;
  [880, 660].forEach((pitch, index) => {
    const start = context.currentTime + index * 0.28;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.3, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.26);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.27);
  });
}
