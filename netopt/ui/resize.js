// Charts follow the room that they have, while they are seen: NiceGUI's own observer stumbles over those that are not.
import { Plotly } from "nicegui-plotly";

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.offsetParent && target.data) Plotly.Plots.resize(target);
});
const watch = () => document.querySelectorAll(".js-plotly-plot").forEach((chart) => sizes.observe(chart));
new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
watch();
