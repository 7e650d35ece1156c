// Draws every plot of the page, in the colours that the reader's system asks for, and again when these change.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 600px)");

  /** What figures write with, since they must do on white as well as on black: this page knows better. */
  const neutralInk = "#757575";

  function ink() {
    return dark.matches ? "#e6e6e6" : "#1c1c1c";
  }

  /** The figure's own layout wins wherever it says something; this only fills in what the page knows. */
  function themed(layout) {
    const grid = dark.matches ? "#3a3f45" : "#d9dde2";
    const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid };
    const template = layout.template?.layout ?? {};
    return {
      ...layout,
      autosize: true,
      width: undefined,
      template: {
        ...layout.template,
        layout: {
          ...template,
          paper_bgcolor: "rgba(0,0,0,0)",
          plot_bgcolor: "rgba(0,0,0,0)",
          font: {
            ...template.font,
            color: ink(),
            family: "system-ui, sans-serif",
            size: narrow.matches ? 11 : 13,
          },
          xaxis: { ...template.xaxis, ...axis },
          yaxis: { ...template.yaxis, ...axis },
        },
      },
    };
  }

  const config = { responsive: true, displaylogo: false, displayModeBar: false, showSendToCloud: false };

  async function draw(figure) {
    const plot = figure.querySelector(".plot");
    const { data, layout, frames } = JSON.parse(figure.querySelector("script").textContent, (_, value) =>
      value === neutralInk ? ink() : value,
    );
    await Plotly.react(plot, { data, layout: themed(layout), frames, config });
    plot.dataset.drawn = dark.matches ? "dark" : "light";
  }

  async function drawAll() {
    for (const figure of document.querySelectorAll("figure.figure")) await draw(figure);
  }

  drawAll();
  dark.addEventListener("change", drawAll);
})();
