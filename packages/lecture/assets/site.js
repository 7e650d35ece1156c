// Draws every plot of the page, in the colours that the reader's system asks for, as high as its width makes it; on paper in black.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 600px)");
  /** Fingers: a swipe over a plot is meant for the page. */
  const coarse = window.matchMedia("(pointer: coarse)");

  /** What figures write with, since they must do on white as well as on black: this page knows better. */
  const neutralInk = "#757575";
  /** CSS pixels of a plot on paper, which fit between the margins of A4 and of letter. */
  const paperWidth = 560;
  /** From this width on, a title that is broken for phones fits in one line. */
  const widthOfOneLine = 600;
  const frameMilliseconds = 700;

  let printing = false;
  const isDark = () => dark.matches && !printing;
  const ink = () => (isDark() ? "#e6e6e6" : "#1c1c1c");

  /** The figure's own layout wins wherever it says something; this only fills in what the page knows. */
  function themed(layout) {
    const grid = isDark() ? "#3a3f45" : "#d9dde2";
    const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid };
    const template = layout.template?.layout ?? {};
    return {
      ...layout,
      autosize: !printing,
      width: printing ? paperWidth : undefined,
      ...(coarse.matches ? { dragmode: false } : {}),
      template: {
        ...layout.template,
        layout: {
          ...template,
          paper_bgcolor: "rgba(0,0,0,0)",
          plot_bgcolor: "rgba(0,0,0,0)",
          font: {
            ...template.font,
            color: ink(),
            family: getComputedStyle(document.documentElement).getPropertyValue("--sans"),
            size: narrow.matches ? 11 : 13,
          },
          xaxis: { ...template.xaxis, ...axis },
          yaxis: { ...template.yaxis, ...axis },
        },
      },
    };
  }

  /** The title without its breaks, in the middle of the room that it has for them. */
  function inOneLine(title) {
    const lines = title?.text?.split("<br>") ?? [];
    if (lines.length < 2) return title;
    const spare = 20 * (lines.length - 1);
    return { ...title, text: lines.join(" "), pad: { ...title.pad, t: title.pad.t - spare / 2 } };
  }

  /** A plane of square cells is as high as its width allows: the height that a figure comes with is for the widest page. */
  function fitted(data, layout, width) {
    const { xaxis, yaxis, margin, height } = layout;
    if (yaxis?.scaleanchor !== "x" || !xaxis?.range || !yaxis.range) return { data, layout };
    const span = ([from, to]) => Math.abs(to - from);
    const sides = margin.t + margin.b;
    const cell = Math.min(
      (width - margin.l - margin.r) / span(xaxis.range),
      (height - sides) / span(yaxis.range),
    );
    const lettered = data.map((trace) => {
      if (trace.type !== "heatmap" || !trace.text) return trace;
      const longest = Math.max(...trace.text.flat().map((text) => text.length));
      const size = Math.min(Math.floor(cell / (longest * 0.64)), 14);
      return { ...trace, textfont: { ...trace.textfont, size: Math.max(size, trace.textfont?.size ?? 0) } };
    });
    return { data: lettered, layout: { ...layout, height: Math.round(sides + cell * span(yaxis.range)) } };
  }

  /** Not `responsive`: after a window's resize Plotly forgets the height that a figure was given, and lets its box shrink to nothing below it. */
  const config = { displaylogo: false, displayModeBar: false, showSendToCloud: false };
  const immediate = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } };

  /** Per figure with frames: the number of the one that is shown. */
  const shownFrames = new WeakMap();

  /** Buttons and a slider of the page's own, for the keyboard and for readers of the screen, which those drawn inside the plot are not. */
  function addControls(figure, plot, names, first) {
    const { play, pause, step } = figure.dataset;
    // The page has kept their room below the plot.
    const controls = figure.querySelector(".controls");
    const button = document.createElement("button");
    const slider = document.createElement("input");
    const place = document.createElement("output");
    Object.assign(button, { type: "button", textContent: play });
    Object.assign(slider, { type: "range", min: 0, max: names.length - 1, value: first });
    slider.setAttribute("aria-label", step);
    let timer;
    const goTo = (index) => {
      shownFrames.set(figure, index);
      slider.value = index;
      slider.setAttribute("aria-valuetext", names[index]);
      place.textContent = names[index];
      return Plotly.animate(plot, [names[index]], immediate);
    };
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
      button.textContent = play;
    };
    button.addEventListener("click", () => {
      if (timer !== undefined) {
        stop();
        return;
      }
      button.textContent = pause;
      timer = setInterval(() => goTo((Number(slider.value) + 1) % names.length), frameMilliseconds);
    });
    slider.addEventListener("input", () => {
      stop();
      goTo(Number(slider.value));
    });
    slider.setAttribute("aria-valuetext", names[first]);
    place.textContent = names[first];
    controls.append(button, slider, place);
    shownFrames.set(figure, first);
  }

  /** Draws at once, so that a page on its way to the printer has its plots when this returns. */
  function draw(figure) {
    const plot = figure.querySelector(".plot");
    const sans = getComputedStyle(document.documentElement).getPropertyValue("--sans");
    const inPageStyle = (key, value) => {
      if (value === neutralInk) return ink();
      return key === "family" ? sans : value;
    };
    const parsed = JSON.parse(figure.querySelector("script").textContent, inPageStyle);
    const { frames } = parsed;
    const { sliders, updatemenus, ...own } = parsed.layout;
    const given = frames ? { ...own, margin: { ...own.margin, b: 8 } } : own;
    // The drawing stays as high as it was without what stood below it.
    if (frames) given.height = own.height - (own.margin.b - 8);
    const first = frames && (shownFrames.get(figure) ?? sliders?.[0]?.active ?? 0);
    for (const [i, trace] of (frames?.[first].traces ?? []).entries()) {
      Object.assign(parsed.data[trace], frames[first].data[i]);
    }
    drawnWidths.set(plot, plot.clientWidth);
    const width = printing ? paperWidth : plot.clientWidth;
    if (width > widthOfOneLine) given.title = inOneLine(given.title);
    const { data, layout } = fitted(parsed.data, given, width);
    const drawn = Plotly.react(plot, { data, layout: themed(layout), frames, config });
    if (frames && !shownFrames.has(figure)) {
      const names = frames.map(({ name }) => name);
      addControls(figure, plot, names, first);
    }
    plot.style.minHeight = "0";
    widthsOfPlots.observe(plot);
    return drawn.then(() => {
      plot.dataset.drawn = isDark() ? "dark" : "light";
    });
  }

  /** Per plot: the width of its place when it was drawn. */
  const drawnWidths = new WeakMap();
  /** A place becomes wider or narrower with the window, and without it: by a scroll bar, larger letters, the way back from paper. */
  const widthsOfPlots = new ResizeObserver((entries) => {
    // In the next frame: what is drawn has another height, which must not be told to the observer while it is being told of widths.
    requestAnimationFrame(() => {
      if (printing) return;
      for (const { target } of entries) {
        // What a cell has replaced would be kept for the sake of its width.
        if (!target.isConnected) widthsOfPlots.unobserve(target);
        else if (target.clientWidth > 0 && target.clientWidth !== drawnWidths.get(target))
          draw(target.closest("figure.figure"));
      }
    });
  });

  const drawAll = () => {
    for (const figure of document.querySelectorAll("figure.figure")) draw(figure);
  };

  /** What can be scrolled sideways can be reached by the keyboard; what cannot is no stop on the way. */
  function markScrollers() {
    for (const box of document.querySelectorAll("pre, .scroll, .katex-display")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  for (const button of document.querySelectorAll("button.print")) {
    button.addEventListener("click", () => window.print());
  }

  /** The other language's page opens at the same place: ids are the same in all. */
  const alternates = [...document.querySelectorAll(".bar nav a")].map((link) => [link, link.href]);
  const keepPlace = () => {
    for (const [link, href] of alternates) link.href = href + window.location.hash;
  };
  window.addEventListener("hashchange", keepPlace);
  keepPlace();

  const closed = [];
  window.addEventListener("beforeprint", () => {
    printing = true;
    for (const details of document.querySelectorAll("details:not([open])")) {
      details.open = true;
      closed.push(details);
    }
    drawAll();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    for (const details of closed.splice(0)) details.open = false;
    drawAll();
  });

  let lastWidth = window.innerWidth;
  window.addEventListener("resize", () => {
    if (printing || window.innerWidth === lastWidth) return;
    lastWidth = window.innerWidth;
    markScrollers();
  });
  dark.addEventListener("change", drawAll);
  // For cells that run in the page.
  globalThis.convfuseSite = { draw, markScrollers };
  drawAll();
  markScrollers();
})();
