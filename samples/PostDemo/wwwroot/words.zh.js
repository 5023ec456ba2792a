// 页面上的中文。与 words.js 的导出一一对应；page 是 index.html 里的静态文字。

const format = new Intl.NumberFormat("zh-CN");

export const number = value => format.format(value);

export const page = {
  title: "一万条帖子同时到来：QueueAdmission 演示",
  ".product span": "延迟作业",
  "h1": "一万条帖子同时到来",
  ".tagline": "数据库写不了这么快，而一条都不能丢。先可靠地接受，立即应答，稍后再运行。",
  "#flow-title": "帖子",
  ".flow .figures div:nth-child(1) dt": "已接受",
  ".flow .figures div:nth-child(2) dt": "等待",
  ".flow .figures div:nth-child(3) dt": "运行",
  ".flow .figures div:nth-child(4) dt": "完成",
  ".flow .figures div:nth-child(5) dt": "死信",
  ".key .done": "完成",
  ".key .running": "运行",
  ".key .waiting": "等待",
  "#worker-title": "运行它们的进程",
  ".worker .figures div:nth-child(1) dt": "被杀次数",
  ".worker .figures div:nth-child(2) dt": "被杀时正在运行的帖子",
  ".worker .figures div:nth-child(3) dt": "其中已经写入、又运行了一次的",
  "#table-title": "目标表",
  ".table .note": "它有自己的数据库，行数在那里统计。",
  "#one-title": "自己发一条",
  "#form label": "你的帖子",
  "#form button": "发布",
  "#outcome": "运行之前就会应答。空帖子会立即被拒绝。",
  "#why-title": "“至少一次”怎样变成“只有一次”",
  ".why p:nth-of-type(1)":
    "两个进程共用一个作业文件。前台接受帖子：帖子写到磁盘上之后才发出 202。它的子进程在队列的 worker 下运行帖子。"
    + "所以没有进程在运行时，帖子照样被接受；进程被杀掉，也不会丢帖子。",
  ".why p:nth-of-type(2)": "进程可能在写入一行之后、存下“作业已完成”之前被杀掉，那么这个作业会再运行一次，任何队列都避免不了。所以处理程序把作业的 id 和那一行一起写入，并且 id 唯一：",
  "#programs": "供程序使用：",
  "#location": "每个应答的 Location 指向那条帖子的状态。",
  "#bring": "用你自己的帖子来试：",
};

export const connection = { live: "已连接", lost: "没有应答，正在重试" };

export const labels = {
  kill: "杀掉它",
  back: "马上回来",
  send: posts => `发送 ${number(posts)} 条帖子`,
  rows: () => "行",
  what: "它后来怎么样了",
  moment: "请稍等。",
  accepted: "202：已经写到磁盘上，轮到时运行。",
  silent: "前台没有应答。",
  refused: "它被拒绝了。",
  again: (refusal, seconds) => `${refusal}，请 ${seconds ?? "几"} 秒后再试。`,
};

export const refusals = {
  accepting_full: "此刻正在接受的帖子太多",
  deferred_full: "等待的帖子已经太多",
  deferred_unavailable: "帖子的存储不可用",
  draining: "前台正在关闭",
};

export function narrate({ books, restartSeconds }) {
  const { accepted, waiting, running, worker } = books;
  if (worker === "down")
    return `没有进程在运行：它被杀掉了，${restartSeconds} 秒后回来。${running > 0 ? `当时有 ${number(running)} 条正在运行，会再运行一次。` : ""}帖子照样被接受。`;
  if (worker === "starting" && waiting + running > 0)
    return `进程正在启动，磁盘上有 ${number(waiting + running)} 条帖子在等。`;
  if (accepted === 0)
    return "前台已开放。发一些帖子，并在它们运行时杀掉进程。";
  return waiting + running === 0
    ? "所有帖子都已运行。"
    : `${number(running)} 条在运行，${number(waiting)} 条在等待。`;
}

export const describeEquation = ({ accepted, waiting, running, done, dead, cancelled, discarded }) =>
  `${number(accepted)} 已接受 = ${number(waiting)} 等待 + ${number(running)} 运行 + ${number(done)} 完成 + ${number(dead)} 死信`
  + `${cancelled > 0 ? ` + ${number(cancelled)} 取消` : ""}${discarded > 0 ? ` + ${number(discarded)} 丢弃` : ""}`;

export const describeKafka = ({ inKafka }) => `Kafka：${number(inKafka ?? 0)} 条帖子已有 202，还没有进入存储。`;

export function describeCampaign(campaign) {
  if (!campaign) return "真实的 HTTP，发到本地址。";
  const again = campaign.again > 0 ? `${number(campaign.again)} 条被拒绝过一次，又发了一遍。` : "";
  const failed = campaign.failed > 0 ? `${number(campaign.failed)} 条失败。` : "";
  return campaign.isRunning
    ? `${number(campaign.posts)} 条中已有 ${number(campaign.accepted)} 条得到 202。${again}${failed}`
    : `${number(campaign.posts)} 条中有 ${number(campaign.accepted)} 条在 ${campaign.seconds.toFixed(1)} 秒内得到 202。`
      + `${again}${failed}`;
}

export const describeWorker = ({ worker, process }) =>
  worker === "running" ? `运行中：进程 ${process}` : worker === "starting" ? `启动中：进程 ${process}` : "已停止";

export function judge({ accepted, waiting, running, done, dead, cancelled, discarded, rows, inKafka }) {
  const left = waiting + running + (inKafka ?? 0);
  if (accepted + left === 0) return ["", ""];
  const missing = done - rows;
  if (missing > 0) return ["bad", `缺少 ${number(missing)} 行。`];
  if (left > 0) return ["", `还有 ${number(left)} 条帖子未运行。`];
  return rows === accepted - dead - cancelled - discarded
    ? ["good", "每条被接受的帖子都有一行，且只有一行。"]
    : ["bad", `${number(done)} 条帖子，却有 ${number(rows)} 行。`];
}
