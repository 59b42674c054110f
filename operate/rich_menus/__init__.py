"""`ess menus`: the rich menus below the chat, one for everybody and one for officers."""

from operate.rich_menus.commands import register

__all__ = ["register"]
