"use strict";
// Who has signed in, and the way out. Without a session the page stays as it came: with the way in.
const WORDS = {
  ky: {
    title: "Сиз кирдиңиз", until: "Сессия аягы:", out: "Чыгуу", step: "күчтүүрөөк ыкма менен кайра кирүү керек",
    failed: "Чыгуу болбой калды. Баракты кайра ачыңыз.",
  },
  ru: {
    title: "Вы вошли", until: "Сеанс до:", out: "Выйти", step: "нужно войти заново более надёжным способом",
    failed: "Выйти не удалось. Откройте страницу заново.",
  },
  en: {
    title: "You have signed in", until: "The session ends:", out: "Sign out", step: "needs signing in by a stronger method",
    failed: "Signing out has failed. Open the page again.",
  },
};

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.textContent = text;
  return made;
}

async function signOut(session, words, button) {
  button.disabled = true;
  const answer = await fetch("/sign-out", { method: "POST", headers: { "X-CSRF-Token": session.forgery_token ?? "" } });
  if (!answer.ok) {
    button.replaceWith(element("p", words.failed, { role: "alert" }));
    return;
  }
  // ESI has a session of its own, which ends there.
  location.assign((await answer.json()).continue_at);
}

function show(session, language) {
  const words = WORDS[language] ?? WORDS.en;
  const roles = element("ul", "");
  for (const role of session.roles) {
    const where = role.organisation_name ?? role.organisation ?? role.region;
    const note = role.step_up_needed ? ` (${words.step})` : "";
    roles.append(element("li", [role.title, where].filter(Boolean).join(", ") + note));
  }
  const button = element("button", words.out, { type: "button", id: "sign-out" });
  button.addEventListener("click", () => signOut(session, words, button));
  const ends = new Date(session.ends_at).toLocaleString(language);
  const people = document.getElementById("people");
  people.lang = language;
  people.replaceChildren(element("h2", words.title), roles, element("p", `${words.until} ${ends}`), button);
}

const answered = await fetch("/v1/session", { headers: { Accept: "application/json" } });
if (answered.ok) show(await answered.json(), answered.headers.get("Content-Language") ?? "en");
