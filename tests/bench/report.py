"""Prints figures: one aligned line each, followed by the goal if there is one."""

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


def heading(text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]")


def figure(name: str, value: str, goal: str = "") -> None:
    console.print(f"  {name:<58} {value:>22}   {goal}")
