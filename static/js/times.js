// Times by the reader's own clock, for what the server has written in UTC, which stays beside it (title).
const DATE = { day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FORMS = {
  moment: { ...DATE, year: "numeric", ...CLOCK },
  brief: { ...DATE, ...CLOCK },
  clock: CLOCK,
  day: { day: "numeric", month: "long" },
};

export default function tell() {
  // Day before month in English too; the same digits as the server writes.
  const { lang } = document.documentElement;
  const locale = lang === "en" ? "en-GB" : `${lang}-u-nu-latn`;
  for (const time of document.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime);
    // The day that stands above a time of day is the server's; where it is another here, it is said.
    const form = time.dataset.form === "clock" && at.getDate() !== at.getUTCDate() ? "brief" : time.dataset.form;
    time.textContent = new Intl.DateTimeFormat(locale, FORMS[form]).format(at);
    delete time.dataset.form;
  }
}
