// How a gallery looks on a page of somebody else's (embedded.js).

const STYLE = `
@layer look, pages, fit; /* that of texts is "pages" (webapp/infra/styles.py) */
@layer look {
:host { display: block; color: inherit; font: inherit }
:host([hidden]), [hidden] { display: none !important }
*, ::before { box-sizing: border-box }
ol { display: flex; flex-wrap: wrap; align-items: flex-start; gap: var(--vitrine-gap, 16px); margin: 0; padding: 0; list-style: none }
li { min-inline-size: 0 }
figure { margin: 0 }
figcaption { margin-block-start: 6px; font-size: .875em; line-height: 1.4; overflow-wrap: anywhere }
figcaption a, .words a { color: inherit }
.tile { position: relative; display: block; inline-size: 100%; margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; text-decoration: none; cursor: pointer }
.tile:focus-visible, button:focus-visible, a:focus-visible, .text:focus-visible { outline: 3px solid currentColor; outline-offset: 3px }
.shot { display: block; inline-size: 100%; block-size: auto; aspect-ratio: var(--r); object-fit: cover; object-position: var(--fx, 50%) var(--fy, 50%); background: var(--c, #8883) }
.play { position: absolute; inset: calc(50% - 28px) auto auto calc(50% - 28px); inline-size: 56px; block-size: 56px; padding: 16px; border-radius: 50%; background: #000b; color: #fff }
.play::before { content: ""; display: block; inline-size: 22px; block-size: 24px; margin-inline-start: 3px; background: currentColor; clip-path: polygon(0 0, 100% 50%, 0 100%) }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.justified li { flex: calc(var(--r) * 100) 1 calc(var(--r) * var(--h)); max-inline-size: min(100%, calc(var(--r) * var(--h) * 1.9)) }
.grid ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--w)), 1fr)) }
.grid .shot, .grid .text { aspect-ratio: var(--shape) }
.masonry ol { display: grid; grid-template-columns: repeat(var(--n), minmax(0, 1fr)); grid-auto-rows: 1px; row-gap: 0 }
.slides ol { flex-wrap: nowrap; overflow-x: auto; overscroll-behavior-x: contain; scrollbar-width: thin; padding: 4px 4px 12px; margin: -4px -4px 0 }
.slides li { flex: none; scroll-snap-align: start; scroll-margin-inline: 4px }
.slider { --tall: calc(var(--up) * .7) } .slideshow { --tall: var(--up) }
.slider ol { scroll-snap-type: x proximity }
.slider li { inline-size: min(calc(var(--r) * var(--tall)), 86%) }
.slideshow ol { scroll-snap-type: x mandatory; scrollbar-width: none }
.slideshow li { inline-size: 100%; scroll-snap-stop: always; text-align: center }
.slideshow .shot { block-size: var(--tall); aspect-ratio: auto; object-fit: contain; background: none }
.slides .text { block-size: var(--tall); text-align: start }
.slideshow .text { inline-size: min(100%, 62ch); margin-inline: auto }
.bar { display: flex; align-items: center; justify-content: center; gap: 16px; margin: 4px 0 0; font-variant-numeric: tabular-nums }
.bar bdi { min-inline-size: 6ch; text-align: center }
.step[aria-disabled=true] { opacity: .35; cursor: default }
.text { display: grid; align-content: safe center; padding: max(12px, 7%); overflow: auto; overflow-wrap: anywhere; background: var(--c, #8882) }
.justified .text { min-block-size: var(--h); max-block-size: max(var(--h), 26rem) }
.masonry .text { min-block-size: 7rem; max-block-size: 26rem }
.text.top { align-content: start } .text.bottom { align-content: safe end }
.text :is(h2, h3, h4, h5, h6) { font-size: 1.3em; line-height: 1.25 }
.text :is(p, ul, ol, blockquote, pre, h2, h3, h4, h5, h6) { margin: 0 0 .6em }
.text :is(ul, ol) { display: block; padding-inline-start: 1.4em; list-style: revert }
.text a { color: inherit }
.plain { white-space: pre-line }
.more { margin-block-start: 24px; text-align: center }
.none { margin: 0; padding: 24px 0 }
button.pill { min-block-size: 44px; padding: 0 20px; border: 1px solid currentColor; border-radius: 99px; background: none; color: inherit; font: inherit; cursor: pointer }
dialog { inline-size: 100%; block-size: 100%; max-inline-size: none; max-block-size: none; margin: 0; padding: 0; border: 0; background: Canvas; color: CanvasText; touch-action: pan-y pinch-zoom }
dialog[open] { display: grid; grid-template: auto minmax(0, 1fr) auto / 64px minmax(0, 1fr) 64px; align-items: center }
dialog header { grid-column: 1 / -1; display: flex; align-items: center; justify-content: space-between; gap: 16px; padding: 8px 16px }
dialog .stage { grid-column: 2; display: grid; block-size: 100%; min-block-size: 0; place-items: center }
dialog picture { display: contents }
dialog source { display: none }
dialog .shot { inline-size: 100%; block-size: 100%; min-block-size: 0; aspect-ratio: auto; object-fit: contain; background: none }
dialog .text { min-block-size: 0; max-block-size: 100%; inline-size: min(100%, 62ch) }
dialog .words { grid-column: 1 / -1; display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 14px; max-block-size: 30dvh; margin: 0; padding: 12px 24px 24px; overflow: auto; text-align: center }
dialog .words > * { min-inline-size: 0; overflow-wrap: anywhere }
.step { display: grid; place-items: center; justify-self: center; inline-size: 48px; block-size: 48px; border: 0; border-radius: 50%; background: none; color: inherit; font: 28px/1 system-ui, sans-serif; cursor: pointer }
.step:hover { background: color-mix(in srgb, currentColor 14%, transparent) }
.step:disabled { visibility: hidden }
:is(.back, .on)::before { content: "\\2039" } .on::before { content: "\\203A" } .shut::before { content: "\\00D7" }
@media (max-width: 640px) {
  dialog[open] { grid-template-columns: 0 minmax(0, 1fr) 0 }
  dialog .step:not(.shut) { position: absolute; z-index: 1; inset-block-end: 8px; inset-inline-start: 8px }
  dialog .step.on { inset-inline: auto 8px }
  dialog .words { min-block-size: 64px; padding-inline: 64px }
}
@media (prefers-reduced-motion: no-preference) { .slides ol { scroll-behavior: smooth } dialog[open] { animation: come 140ms } @keyframes come { from { opacity: 0 } } }
@media (forced-colors: active) { .step, .play, .text { border: 1px solid } }
}
@layer fit { :is(.grid, .masonry) .text { padding: max(12px, 7%) } }
`;

/** One sheet for all galleries of a page: a strict policy allows it, for nothing stands in the page. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
