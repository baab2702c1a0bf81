"""SMS by a gateway that takes a POST."""

from __future__ import annotations

import json

import httpx2
import pytest

from self_service.adapters.http_sms import HttpSms
from self_service.ports import NotTaken, OutgoingSms

SMS = OutgoingSms("5c1f", "+491511234567", "Your bill is ready\nhttps://x.example/en/bills")


def gateway(status: int, asked: list[httpx2.Request], key: str = "s3cret") -> HttpSms:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if status == 0:
            raise httpx2.ReadTimeout("slow")
        return httpx2.Response(status)

    transport = httpx2.MockTransport(answer)
    return HttpSms(url="https://sms.example/send", key=key, sender="Demo", transport=transport)


async def test_a_text_is_handed_over_with_its_key() -> None:
    asked: list[httpx2.Request] = []
    await gateway(202, asked).send(SMS)
    (request,) = asked
    assert json.loads(request.content) == {
        "id": "5c1f",
        "to": "+491511234567",
        "from": "Demo",
        "text": SMS.text,
    }
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["idempotency-key"] == "5c1f"
    await gateway(200, asked, key="").send(SMS)
    assert "authorization" not in asked[-1].headers


@pytest.mark.parametrize(
    ("status", "lasting"),
    [(400, True), (422, True), (401, False), (307, False), (429, False), (503, False), (0, False)],
)
async def test_what_is_not_taken_says_so_without_the_number(status: int, lasting: bool) -> None:
    asked: list[httpx2.Request] = []
    with pytest.raises(NotTaken) as refused:
        await gateway(status, asked).send(SMS)
    assert refused.value.lasting is lasting
    assert "4915" not in str(refused.value)
    assert len(asked) == 1
