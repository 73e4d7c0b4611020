"use strict";
// Draws the charts of the page from the JSON beside them. Without scripts the tables and pictures still say everything.
for (const holder of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(holder.dataset.chart).textContent);
    const colour = getComputedStyle(document.documentElement);
    const ink = colour.getPropertyValue("--soft").trim();
    const line = colour.getPropertyValue("--line").trim();
    const canvas = document.createElement("canvas");
    holder.append(canvas);
    const axis = (title, more) => ({ title: { display: !!title, text: title, color: ink }, ticks: { color: ink }, grid: { color: line }, ...more });
    const common = { animation: false, maintainAspectRatio: false, plugins: { legend: { labels: { color: ink, boxWidth: 12 } } } };
    if (data.kind === "counts") {
        new Chart(canvas, {
            type: "line",
            data: {
                datasets: data.series.map(series => ({
                    label: series.label, data: series.values.map((y, i) => ({ x: data.times[i], y })), stepped: true,
                    borderColor: series.colour, backgroundColor: series.colour + "55", fill: true, pointRadius: 0, borderWidth: 1.5,
                })),
            },
            options: { ...common, parsing: false, interaction: { mode: "index", intersect: false },
                scales: { x: axis("seconds", { type: "linear", min: 0 }), y: axis("objects a frame (mean)", { beginAtZero: true, stacked: true }) } },
        });
    } else {
        new Chart(canvas, {
            type: "bar",
            data: { labels: data.labels, datasets: [{ label: data.title, data: data.values, backgroundColor: "#0b6bcb" }] },
            options: { ...common, indexAxis: "y", plugins: { legend: { display: false } },
                scales: { x: axis(data.title, { beginAtZero: true }), y: axis("") } },
        });
    }
}
