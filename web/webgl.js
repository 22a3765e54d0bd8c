/* Pictures of more than 800 points, drawn by sigma (WebGL). The same methods as VisSurface in src/keikaku/draw/assets/graph.js. */
import Graph from "graphology";
import Sigma from "sigma";
import { NodeProgram } from "sigma/rendering";
import { floatColor } from "sigma/utils";

const SHAPES = { dot: 0, square: 1, diamond: 2, triangle: 3, triangleDown: 4, hexagon: 5, star: 6 };

const VERTEX = `
attribute vec4 a_id; attribute vec4 a_color; attribute vec2 a_position; attribute float a_size; attribute float a_shape; attribute float a_angle;
uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_correctionRatio;
varying vec4 v_color; varying vec2 v_diff; varying float v_radius; varying float v_shape;
const float bias = 255.0 / 254.0;
void main() {
  float size = a_size * u_correctionRatio / u_sizeRatio * 4.0;
  vec2 diff = size * vec2(cos(a_angle), sin(a_angle));
  gl_Position = vec4((u_matrix * vec3(a_position + diff, 1)).xy, 0, 1);
  v_diff = diff; v_radius = size / 2.0; v_shape = a_shape;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;
/* Signed distance to the outline of each shape, in units of its radius. */
const FRAGMENT = `
precision highp float;
varying vec4 v_color; varying vec2 v_diff; varying float v_radius; varying float v_shape;
uniform float u_correctionRatio;
float ngon(vec2 p, float n, float turn) { float a = atan(p.y, p.x) + turn, s = 6.2831853 / n; return cos(floor(0.5 + a / s) * s - a) * length(p); }
void main(void) {
  vec2 p = v_diff / v_radius; float d;
  if (v_shape < 0.5) d = length(p) - 0.92;
  else if (v_shape < 1.5) d = max(abs(p.x), abs(p.y)) - 0.82;
  else if (v_shape < 2.5) d = (abs(p.x) + abs(p.y)) * 0.7071 - 0.7;
  else if (v_shape < 3.5) d = ngon(p, 3.0, 1.5707963) - 0.5;
  else if (v_shape < 4.5) d = ngon(p, 3.0, -1.5707963) - 0.5;
  else if (v_shape < 5.5) d = ngon(p, 6.0, 0.5235988) - 0.84;
  else { float a = atan(p.x, p.y), s = 1.2566371; a = abs(mod(a + s * 0.5, s) - s * 0.5); vec2 q = length(p) * vec2(sin(a), cos(a)); d = dot(q - vec2(0.0, 1.0), normalize(vec2(0.545, 0.323))) ; }
  float soft = u_correctionRatio * 2.0 / v_radius;
  #ifdef PICKING_MODE
  if (d > 0.0) discard; gl_FragColor = v_color;
  #else
  gl_FragColor = mix(v_color, vec4(0.0), smoothstep(-soft * 0.5, soft * 0.5, d));
  #endif
}`;

class ShapeProgram extends NodeProgram {
  getDefinition() {
    const gl = WebGLRenderingContext, turn = (2 * Math.PI) / 3;
    return {
      VERTICES: 3, VERTEX_SHADER_SOURCE: VERTEX, FRAGMENT_SHADER_SOURCE: FRAGMENT, METHOD: gl.TRIANGLES,
      UNIFORMS: ["u_sizeRatio", "u_correctionRatio", "u_matrix"],
      ATTRIBUTES: [
        { name: "a_position", size: 2, type: gl.FLOAT },
        { name: "a_size", size: 1, type: gl.FLOAT },
        { name: "a_shape", size: 1, type: gl.FLOAT },
        { name: "a_color", size: 4, type: gl.UNSIGNED_BYTE, normalized: true },
        { name: "a_id", size: 4, type: gl.UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: "a_angle", size: 1, type: gl.FLOAT }],
      CONSTANT_DATA: [[0], [turn], [2 * turn]],
    };
  }
  processVisibleItem(index, start, data) {
    const array = this.array;
    array[start++] = data.x; array[start++] = data.y; array[start++] = data.size; array[start++] = SHAPES[data.form] || 0;
    array[start++] = floatColor(data.color); array[start++] = index;
  }
  setUniforms(params, { gl, uniformLocations: at }) {
    gl.uniform1f(at.u_correctionRatio, params.correctionRatio);
    gl.uniform1f(at.u_sizeRatio, params.sizeRatio);
    gl.uniformMatrix3fv(at.u_matrix, false, params.matrix);
  }
}

/* A colour faded into the paper: WebGL blends, but many faded points over each other must not add up. */
function faded(colour, paper) {
  const parse = (c) => [1, 3, 5].map((n) => parseInt(c.slice(n, n + 2), 16)), a = parse(colour), b = parse(full(paper));
  return "#" + a.map((v, n) => Math.round(v * 0.18 + b[n] * 0.82).toString(16).padStart(2, "0")).join("");
}
function full(c) { return c.length === 4 ? "#" + [...c.slice(1)].map((d) => d + d).join("") : c; }

window.KeikakuSurface = class {
  constructor(model) {
    this.model = model;
    this.look = model.theme();
    const graph = (this.graph = new Graph({ type: "directed", multi: false }));
    this.scale = Math.max(0.42, Math.min(1, 26 / Math.sqrt(model.nodes.length)));
    model.nodes.forEach((n) => this.put(n));
    model.edges.forEach((e) => graph.addDirectedEdgeWithKey(e.id, e.from, e.to, {}));
    const family = (this.family = getComputedStyle(document.body).fontFamily);
    this.sigma = new Sigma(graph, model.home, {
      defaultNodeType: "shape", nodeProgramClasses: { shape: ShapeProgram },
      defaultEdgeType: "line", minEdgeThickness: 0.6, hideEdgesOnMove: model.edges.length > 3000, zIndex: true,
      labelFont: family, labelSize: 12.5, labelDensity: 0.6, labelGridCellSize: 150, labelRenderedSizeThreshold: 5.5, labelColor: { attribute: "ink" },
      minCameraRatio: 0.02, maxCameraRatio: 3, stagePadding: 24,
      defaultDrawNodeLabel: (ctx, d) => this.label(ctx, d), defaultDrawNodeHover: (ctx, d) => this.hover(ctx, d),
      nodeReducer: (id, d) => this.node(Number(id), d), edgeReducer: (id, d) => this.edge(Number(id), d),
    });
    this.sigma.on("clickNode", ({ node }) => model.choose(Number(node), false));
    this.sigma.on("clickStage", () => model.choose(-1, false));
    this.sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => { preventSigmaDefault(); model.expand(Number(node)); });
  }
  put(n) { this.graph.addNode(n.id, { x: n.x, y: -n.y, size: n.size * this.scale * 0.62, form: n.shape, color: n.color, label: n.short.replace("\n", "") }); }
  node(id, d) {
    const chosen = this.model.chosen(), lit = this.model.bright(id);
    return { ...d, hidden: !this.model.visible(id), color: lit ? d.color : faded(d.color, this.look.paper), label: lit ? d.label : "", zIndex: id === chosen ? 2 : lit ? 1 : 0, highlighted: id === chosen, size: id === chosen ? d.size * 1.5 : d.size, forceLabel: chosen >= 0 && lit && this.model.near[chosen].length < 40 };
  }
  edge(id, d) {
    const e = this.model.edges[id], chosen = this.model.chosen(), mine = chosen >= 0 && (e.from === chosen || e.to === chosen);
    return { ...d, hidden: !this.model.visible(e.from) || !this.model.visible(e.to) || (chosen >= 0 && !mine && this.model.edges.length > 3000), color: mine ? full(this.look.accent) : chosen >= 0 ? faded(this.look.line, this.look.paper) : this.look.line, size: mine ? 1.6 : 0.6, zIndex: mine ? 1 : 0 };
  }
  label(ctx, d) {
    if (!d.label) return;
    ctx.font = `12.5px ${this.family}`;
    ctx.lineWidth = 3; ctx.lineJoin = "round"; ctx.strokeStyle = this.look.paper; ctx.fillStyle = this.look.ink;
    const x = d.x + d.size + 3, y = d.y + 4;
    ctx.strokeText(d.label, x, y); ctx.fillText(d.label, x, y);
  }
  hover(ctx, d) {
    ctx.beginPath(); ctx.arc(d.x, d.y, d.size + 4, 0, 2 * Math.PI); ctx.strokeStyle = this.look.accent; ctx.lineWidth = 3; ctx.stroke();
    this.label(ctx, d);
  }
  refresh() { this.look = this.model.theme(); this.sigma.refresh(); }
  filter() { this.refresh(); }
  add(nodes, edges) { nodes.forEach((n) => this.put(n)); edges.forEach((e) => this.graph.addDirectedEdgeWithKey(e.id, e.from, e.to, {})); this.refresh(); }
  place(id) { const a = this.graph.getNodeAttributes(id); return { x: a.x, y: -a.y }; }
  fly(id) {
    const d = this.sigma.getNodeDisplayData(id), camera = this.sigma.getCamera();
    if (d) camera.animate({ x: d.x, y: d.y, ratio: Math.min(camera.ratio, 0.18) }, { duration: this.model.still.matches ? 1 : 500 });
  }
  fit() { this.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: this.model.still.matches ? 1 : 300 }); }
  zoom(by) { const c = this.sigma.getCamera(); c.setState({ ratio: c.ratio / by }); }
  pan(dx, dy) { const c = this.sigma.getCamera(), w = this.model.home.clientWidth; c.setState({ x: c.x + (dx / w) * c.ratio, y: c.y - (dy / w) * c.ratio }); }
  move() {}
  reset() { this.model.nodes.forEach((n) => this.graph.mergeNodeAttributes(n.id, { x: n.x, y: -n.y })); this.fit(); }
  canvas() {
    this.sigma.render();
    const layers = this.sigma.getCanvases(), out = document.createElement("canvas");
    out.width = layers.nodes.width; out.height = layers.nodes.height;
    const ctx = out.getContext("2d");
    ctx.fillStyle = this.look.paper; ctx.fillRect(0, 0, out.width, out.height);
    for (const name of ["edges", "nodes", "edgeLabels", "labels", "hoverNodes", "hovers"]) if (layers[name] && layers[name].width) ctx.drawImage(layers[name], 0, 0, out.width, out.height);
    return out;
  }
};
