"""Pages for registering and for restoring a password (ESI order's instruction)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from adapters.esi.simulator.accounts import Accounts, Channel, registration_faults
from adapters.esi.simulator.pages import alert, field, form, language_of, page
from adapters.esi.simulator.texts import say
from gateway.ports import Clock
from schemas.errors.model import Language

Fields = Mapping[str, object]


def text_of(fields: Fields, name: str) -> str:
    """A field's text; empty when it is absent or a file."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class AccountPages:
    """The pages around accounts."""

    accounts: Accounts
    clock: Clock

    async def restore_form(self, request: web.Request) -> web.StreamResponse:
        """``GET /account/restore``: ПИН, telephone and where the code shall go."""
        language = language_of(request)
        channels = "".join(
            f'<label class="choice"><input type="radio" name="channel" value="{channel}"'
            f"{' checked' if channel is Channel.SMS else ''}>{say(f'channel-{channel}', language)}</label>"
            for channel in Channel
        )
        content = (
            field(say("pin", language), "pin", inputmode="numeric")
            + field(say("phone", language), "phone", kind="tel")
            + f"<fieldset><legend>{say('channel', language)}</legend>{channels}</fieldset>"
        )
        body = form("/account/restore", content, say("send-code", language), language=language)
        return page(say("restore", language), body, request=request, language=language)

    async def send_code(self, request: web.Request) -> web.StreamResponse:
        """``POST /account/restore``: send the code. The answer does not tell whether the person is known."""
        fields = await request.post()
        channel = text_of(fields, "channel")
        if channel not in set(Channel):
            raise web.HTTPBadRequest
        now = self.clock.now()
        name = self.accounts.start_restore(text_of(fields, "pin"), text_of(fields, "phone"), Channel(channel), now)
        return self._code_page(request, name, wrong=False)

    async def confirm(self, request: web.Request) -> web.StreamResponse:
        """``POST /account/restore/code``: the six digits."""
        fields = await request.post()
        name = text_of(fields, "restore")
        if not self.accounts.confirm(name, text_of(fields, "code"), self.clock.now()):
            return self._code_page(request, name, wrong=True)
        return self._password_page(request, name, ())

    async def set_password(self, request: web.Request) -> web.StreamResponse:
        """``POST /account/restore/password``: the new password, twice."""
        fields = await request.post()
        name = text_of(fields, "restore")
        password, repeated = fields.get("password"), fields.get("repeated")
        if not isinstance(password, str) or not isinstance(repeated, str):
            raise web.HTTPBadRequest
        faults = self.accounts.set_password(name, password, repeated)
        if faults is None:
            return self._code_page(request, name, wrong=True)
        if faults:
            return self._password_page(request, name, faults)
        language = language_of(request)
        return page(
            say("restore", language), f"<p>{say('password-saved', language)}</p>", request=request, language=language
        )

    async def registration_form(self, request: web.Request) -> web.StreamResponse:
        """``GET /account/register``."""
        language = language_of(request)
        return page(say("register", language), _registration_form(language), request=request, language=language)

    async def register(self, request: web.Request) -> web.StreamResponse:
        """``POST /account/register``: check a registration; no account is made."""
        fields = await request.post()
        photo = fields.get("photo")
        faults = registration_faults(
            pin=text_of(fields, "pin"),
            passport=text_of(fields, "passport"),
            email=text_of(fields, "email"),
            phone=text_of(fields, "phone"),
            consent=text_of(fields, "consent") == "yes",
            photo=photo.file.read(1) if isinstance(photo, web.FileField) else b"",
        )
        language = language_of(request)
        body = (
            alert(say(fault, language) for fault in faults) + _registration_form(language)
            if faults
            else f"<p>{say('registered', language)}</p>"
        )
        status = 422 if faults else 200
        return page(say("register", language), body, request=request, language=language, status=status)

    def _code_page(self, request: web.Request, name: str, *, wrong: bool) -> web.Response:
        language = language_of(request)
        content = field(
            say("code", language), "code", complete="one-time-code", inputmode="numeric", pattern="[0-9]{6}"
        )
        body = (alert([say("wrong-code", language)]) if wrong else "") + form(
            "/account/restore/code",
            content,
            say("confirm", language),
            language=language,
            hidden=(("restore", name),),
        )
        return page(say("restore", language), body, request=request, language=language, status=422 if wrong else 200)

    def _password_page(self, request: web.Request, name: str, faults: tuple[str, ...]) -> web.Response:
        language = language_of(request)
        content = (
            f'<p class="hint">{say("password-rule", language)}</p>'
            + field(say("new-password", language), "password", kind="password", complete="new-password")
            + field(say("repeat", language), "repeated", kind="password", complete="new-password")
        )
        body = alert(say(fault, language) for fault in faults) + form(
            "/account/restore/password",
            content,
            say("save", language),
            language=language,
            hidden=(("restore", name),),
        )
        return page(say("restore", language), body, request=request, language=language, status=422 if faults else 200)


def _registration_form(language: Language) -> str:
    content = (
        field(say("pin", language), "pin", inputmode="numeric")
        + field(say("passport", language), "passport")
        + field(say("email", language), "email", kind="email", complete="email")
        + field(say("phone", language), "phone", kind="tel", complete="tel")
        + field(say("photo", language), "photo", kind="file", accept="image/*")
        + '<label class="choice"><input type="checkbox" name="consent" value="yes" required>'
        + f"{say('consent', language)}</label>"
    )
    return form("/account/register", content, say("register", language), language=language, with_file=True)
