// The second of a video that is on the screen, written into the field beside it.
//
// <section data-module="frame"> around a <video> and an <input name="at">.

export default (root) => {
  const [video, field] = [root.querySelector("video"), root.querySelector('[name="at"]')];
  if (!video || !field) return;
  const tell = () => { field.value = video.currentTime.toFixed(1); };
  for (const event of ["timeupdate", "seeked"]) video.addEventListener(event, tell);
  field.addEventListener("change", () => { video.currentTime = Number(field.value) || 0; });
};
