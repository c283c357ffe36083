"""A caller of a running KIM over HTTP, as a staff application would be: for the demo, the tests and the benchmark."""

from __future__ import annotations

from typing import Any

import requests


class Refusal(Exception):
    """An answer other than 2xx: its status and the problem's code, never its body."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class Caller:
    """One person, or the public, at one running system. Keeps her connection and speaks JSON."""

    def __init__(self, url: str, user: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        if user is not None:
            token = self.call("POST", "/dev/token", {"user": user})["access_token"]
            self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON that is answered. Raises `Refusal`, and `requests.ConnectionError` where nobody answers."""
        answer = self._answer(method, path, body, **headers)
        return answer.json() if answer.content else None

    def text(self, path: str) -> str:
        """A page or a sheet, as text."""
        return self._answer("GET", path).content.decode("utf-8-sig")

    def _answer(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._session.request(method, f"{self._url}{path}", json=body, headers=named, timeout=30)
        if answer.status_code >= 300:
            is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
            raise Refusal(answer.status_code, answer.json()["title"] if is_problem else "")
        return answer

    @property
    def authorization(self) -> str:
        """Her header, for callers that speak HTTP themselves."""
        return str(self._session.headers["Authorization"])

    def get(self, path: str) -> Any:
        """What lies at a path."""
        return self.call("GET", path)

    def add(self, path: str, body: Any, **headers: str) -> Any:
        """Add to a list."""
        return self.call("POST", path, body, **headers)

    def change(self, method: str, case: dict[str, Any], path: str, body: Any) -> dict[str, Any]:
        """Change a case from the version at hand; the case as it then is."""
        changed: dict[str, Any] = self.call(
            method, f"/cases/{case['id']}/{path}", body, If_Match=f'"{case["version"]}"'
        )
        return changed

    def every(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}")
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = f"&cursor={page['next']}"
