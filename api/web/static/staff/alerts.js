// Calls somebody at another window: a short sound and a message of the browser, both only where they were asked for.
// Neither holds a word of what a citizen wrote.

const NOTE_HZ = [660, 880];
const NOTE_S = 0.14;
const LOUDNESS = 0.15;

export class Alerts {
  constructor(title) {
    this.title = title;
    this.sound = false;
    this.notify = false;
  }

  // Switching on happens by a click, which is when browsers allow both.
  setSound(on) {
    this.sound = on;
    if (on) this.chime();
  }

  async setNotify(on) {
    this.notify = on && "Notification" in window && (await Notification.requestPermission()) === "granted";
    return this.notify;
  }

  call(text) {
    if (this.sound) this.chime();
    if (this.notify && document.hidden) new Notification(this.title, { body: text, tag: "stafet" });
  }

  chime() {
    this.audio ||= new AudioContext();
    const start = this.audio.currentTime;
    NOTE_HZ.forEach((pitch, at) => {
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(LOUDNESS, start + at * NOTE_S);
      volume.gain.exponentialRampToValueAtTime(0.001, start + (at + 1) * NOTE_S);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(start + at * NOTE_S);
      tone.stop(start + (at + 1) * NOTE_S);
    });
  }
}
