// A line between two panes that can be moved: with the pointer, and with arrow keys, Home and End (WCAG 2.5.7).
import { el } from "./el.ts";
import { keep, keptNumber } from "./kept.ts";

export interface Splitter {
  root: HTMLElement;
  setDirection(direction: "vertical" | "horizontal"): void;
}

export interface SplitterOptions {
  label: string;
  // Of the custom property that holds the size, and of what is kept.
  name: string;
  target: HTMLElement;
  // The pane before the splitter, whose size it is.
  pane: HTMLElement;
  smallest: number;
  largest(): number;
  otherwise: number;
}

const stepPx = 16;

export function makeSplitter(options: SplitterOptions): Splitter {
  const root = el("div", { class: "splitter", role: "separator", tabindex: 0, "aria-label": options.label });
  let isVertical = true;
  let size = 0;

  const keptName = (): string => `${options.name}.${isVertical ? "width" : "height"}`;
  const apply = (wanted: number): void => {
    const largest = Math.max(options.smallest, options.largest());
    size = Math.round(Math.min(Math.max(wanted, options.smallest), largest));
    options.target.style.setProperty(`--${options.name}`, `${size}px`);
    root.setAttribute("aria-valuemin", String(options.smallest));
    root.setAttribute("aria-valuemax", String(largest));
    root.setAttribute("aria-valuenow", String(size));
  };
  const change = (wanted: number): void => {
    apply(wanted);
    keep(keptName(), String(size));
  };

  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    event.preventDefault();
    root.focus();
  });
  root.addEventListener("pointermove", (event) => {
    if (!root.hasPointerCapture(event.pointerId)) return;
    const box = options.pane.getBoundingClientRect();
    change(isVertical ? event.clientX - box.left : event.clientY - box.top);
  });
  root.addEventListener("keydown", (event) => {
    const steps: Record<string, number> = { ArrowLeft: -stepPx, ArrowUp: -stepPx, ArrowRight: stepPx, ArrowDown: stepPx };
    const step = steps[event.key];
    if (step !== undefined) change(size + step);
    else if (event.key === "Home") change(options.smallest);
    else if (event.key === "End") change(options.largest());
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    root,
    setDirection(direction) {
      isVertical = direction === "vertical";
      root.setAttribute("aria-orientation", direction);
      apply(keptNumber(keptName(), options.otherwise));
    },
  };
}
