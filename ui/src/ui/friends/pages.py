from typing import ClassVar

from contracts.auth.friends import Friend, ListedRelationship
from ui.pages import Page


class FriendsPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "friends/friends.html"
    parts: ClassVar[tuple[str, ...]] = ("friends_lists",)

    friends: list[Friend]
    """Players who are online come first."""
    incoming: list[ListedRelationship]
    outgoing: list[ListedRelationship]
    blocked: list[ListedRelationship]
