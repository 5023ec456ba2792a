// The page: draws each snapshot that the front sends, and sends the visitor's actions.

// The address may name a language. Otherwise the first language of the browser decides, as in its Accept-Language
// header.
const language = new URLSearchParams(location.search).get("lang") ?? navigator.languages?.[0] ?? navigator.language;
const isChinese = /^zh\b/i.test(language);
const {
  connection, describeCampaign, describeEquation, describeKafka, describeWorker, judge, labels, narrate, number, page,
  refusals,
} = await import(isChinese ? "./words.zh.js" : "./words.js");

const $ = id => document.getElementById(id);
const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

for (const [selector, text] of Object.entries(page)) set(document.querySelector(selector), text);
if (isChinese) document.documentElement.lang = "zh-CN";

/* The live view */

let latest = null;

function draw(view) {
  latest = view;
  const { books, campaign } = view;
  for (const element of document.querySelectorAll("[data-figure]"))
    set(element, number(books[element.dataset.figure]));
  document.querySelector("[data-figure=dead]").classList.toggle("bad", books.dead > 0);
  set($("narrator"), narrate(view));
  set($("equation"), describeEquation(books));
  $("kafka").hidden = books.inKafka === null;
  set($("kafka"), describeKafka(books));
  for (const part of ["done", "running", "waiting"])
    document.querySelector(`.bar .${part}`).style.flexGrow = books[part];
  set($("rows-unit"), labels.rows(books.rows));
  const [kind, words] = judge(books);
  $("verdict").dataset.kind = kind;
  set($("verdict"), words);
  document.querySelector(".worker").dataset.state = books.worker;
  set($("worker"), describeWorker(books));
  disable($("kill"), books.process === null, books.process === null ? labels.back : labels.kill);
  disable($("send"), Boolean(campaign?.isRunning), labels.send(view.campaignPosts));
  set($("campaign"), describeCampaign(campaign));
}

function disable(button, isDisabled, text) {
  button.setAttribute("aria-disabled", isDisabled);
  set(button, text);
}

const feed = new EventSource("live");
feed.onmessage = message => { draw(JSON.parse(message.data)); showConnection("live"); };
feed.onerror = () => showConnection("lost");

function showConnection(state) {
  $("connection").dataset.state = state;
  set($("connection"), connection[state]);
}

/* What the visitor presses */

function tell(kind, words, link) {
  $("outcome").dataset.kind = kind;
  $("outcome").textContent = words;
  if (link) {
    const a = document.createElement("a");
    a.href = link;
    a.textContent = labels.what;
    $("outcome").append(" ", a);
  }
}

$("send").addEventListener("click", async () => {
  if (!latest?.campaign?.isRunning) await fetch("campaigns", { method: "POST" });
});

$("kill").addEventListener("click", async () => {
  if (latest?.books.process) await fetch("kill", { method: "POST" });
});

$("form").addEventListener("submit", async event => {
  event.preventDefault();
  tell("waiting", labels.moment);
  try {
    const answer = await fetch("posts", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: $("text").value }),
    });
    if (answer.status === 202)
      tell("good", labels.accepted, answer.headers.get("Location"));
    else
      tell("bad", `${answer.status}: ${await understand(answer)}`);
  } catch {
    tell("bad", labels.silent);
  }
});

async function understand(answer) {
  const { reason, errors, title } = await answer.json().catch(() => ({}));
  const refusal = refusals[reason];
  const seconds = answer.headers.get("Retry-After");
  return refusal ? labels.again(refusal, seconds) : errors?.text?.[0] ?? title ?? labels.refused;
}

const address = new URL("posts", location.href).href.replace("//localhost:", "//127.0.0.1:");
$("own").textContent =
  `echo '{"text":"Hi"}' > post.json; ab -c 100 -n 10000 -p post.json -T application/json ${address}`;
