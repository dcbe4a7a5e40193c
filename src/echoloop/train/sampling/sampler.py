"""Requests in, pictures and text out; several at once, each the same as it would be alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from echoloop.images import Pixels
from echoloop.records import Mistake
from echoloop.train.bagel import uncut
from echoloop.train.data.transforms import Sizes, resized
from echoloop.train.sampling.context import Context
from echoloop.train.sampling.drawing import Canvas, Contexts, draw_latents
from echoloop.train.sampling.guidance import Guidance
from echoloop.train.sampling.loaded import Loaded
from echoloop.train.sampling.requests import Drawn, DrawRequest, Question
from echoloop.train.sampling.segments import CleanPiece, PatchPiece, Piece, TextPiece
from echoloop.train.sampling.writing import Writing, write


@dataclass(frozen=True)
class _Asked:
    """One request in the model's terms."""

    pictures: tuple[Piece, ...]
    text: TextPiece
    canvas: Canvas


class Sampler:
    """Asks a loaded model."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.config = loaded.model.config

    @torch.no_grad()
    def draw(self, requests: Sequence[DrawRequest]) -> list[Drawn]:
        """A picture for each request, in order. Those that are guided alike are drawn together."""
        order = sorted(range(len(requests)), key=lambda at: repr(self._kind(requests[at])))
        drawn: dict[int, Drawn] = {}
        for _, members in groupby(order, key=lambda at: self._kind(requests[at])):
            places = list(members)
            drawn |= zip(places, self._draw_alike([requests[at] for at in places]), strict=True)
        return [drawn[at] for at in range(len(requests))]

    @torch.no_grad()
    def answer(self, questions: Sequence[Question]) -> list[str]:
        """Text for each question, in order."""
        answers: list[str] = []
        for question in questions:
            context = Context(self.loaded.model, 1)
            for pixels in question.pictures:
                context.read([PatchPiece(self._fitted(pixels, self.loaded.defaults.patches))])
            context.read([self._text(question.text)])
            writing = self._writing(question.temperature)
            answers.append(self.loaded.tokens.decode(write(context, writing, [question.seed])[0]))
        return answers

    def guidance_of(self, request: DrawRequest) -> Guidance:
        """The request's own guidance, or the checkpoint's for so many references."""
        if request.guidance is not None:
            return request.guidance
        defaults = self.loaded.defaults
        by_count = (defaults.text_to_image, defaults.editing, defaults.multi_reference)
        return by_count[min(len(request.references), 2)]

    def _kind(self, request: DrawRequest) -> tuple[Guidance, bool, bool]:
        return self.guidance_of(request), request.thinks, bool(request.references)

    def _draw_alike(self, requests: Sequence[DrawRequest]) -> list[Drawn]:
        guidance, thinks, _ = self._kind(requests[0])
        asked = [self._asked(request) for request in requests]
        whole = Context(self.loaded.model, len(asked))
        self._read_pictures(whole, asked)
        whole.read([one.text for one in asked])
        thoughts = write(whole, self._writing(0.0), [one.seed for one in requests]) if thinks else []
        contexts = Contexts(whole, self._without_text(asked), self._without_pictures(asked, thoughts))
        latents = draw_latents(contexts, [one.canvas for one in asked], guidance)
        said = [self.loaded.tokens.decode(thought) for thought in thoughts] or [""] * len(asked)
        return [
            Drawn(pixels=self._picture(tokens, one.canvas), thought=thought)
            for tokens, one, thought in zip(latents, asked, said, strict=True)
        ]

    def _asked(self, request: DrawRequest) -> _Asked:
        if not request.prompt.strip():
            raise Mistake("the prompt is empty", remedy="Say what the picture should show.")
        noise = torch.Generator().manual_seed(request.seed)
        pictures: list[Piece] = []
        for pixels in request.references:
            pictures.append(CleanPiece(self._latent(pixels, noise)))
            pictures.append(PatchPiece(self._fitted(pixels, self.loaded.defaults.patches)))
        prompt = f"{_thinking()}\n{request.prompt.strip()}" if request.thinks else request.prompt.strip()
        return _Asked(tuple(pictures), self._text(prompt), self._canvas(request, noise))

    def _read_pictures(self, context: Context, asked: Sequence[_Asked]) -> None:
        for at in range(max(len(one.pictures) for one in asked)):
            context.read([one.pictures[at] if at < len(one.pictures) else None for one in asked])

    def _without_text(self, asked: Sequence[_Asked]) -> Context:
        context = Context(self.loaded.model, len(asked))
        self._read_pictures(context, asked)
        return context

    def _without_pictures(self, asked: Sequence[_Asked], thoughts: list[list[int]]) -> Context | None:
        if not any(one.pictures for one in asked):
            return None
        context = Context(self.loaded.model, len(asked))
        context.read([one.text for one in asked])
        if thoughts:
            special = self.config.tokens
            context.read([TextPiece([special.bos, *thought, special.eos]) for thought in thoughts])
        return context

    def _canvas(self, request: DrawRequest, noise: torch.Generator) -> Canvas:
        width, height = self._size(request)
        stride = self.config.pixels_per_latent_token
        rows, columns = max(1, round(height / stride)), max(1, round(width / stride))
        if max(rows, columns) > self.config.max_latent_size:
            raise Mistake(
                f"a picture of {width} x {height} is larger than the model's position table",
                remedy=f"Ask for at most {self.config.max_latent_size * stride} pixels a side.",
            )
        start = torch.randn(rows * columns, self.config.latent_token_dim, generator=noise)
        return Canvas(start.to(self.loaded.device), rows, columns)

    def _size(self, request: DrawRequest) -> tuple[int, int]:
        defaults = self.loaded.defaults
        if request.width and request.height:
            return request.width, request.height
        if request.references:
            height, width = request.references[-1].shape[:2]
            return defaults.latents.fit(width, height)
        return request.width or defaults.width, request.height or defaults.height

    def _latent(self, pixels: Pixels, noise: torch.Generator) -> Tensor:
        fitted = self._fitted(pixels, self.loaded.defaults.latents)[None].to(self.loaded.device)
        down = self.config.vae.downsample
        shape = 1, self.config.vae.latent_channels, fitted.shape[2] // down, fitted.shape[3] // down
        drawn = torch.randn(shape, generator=noise).to(self.loaded.device)
        return self.loaded.codec.encode(fitted, drawn)[0]

    def _fitted(self, pixels: Pixels, sizes: Sizes) -> Tensor:
        return torch.from_numpy(resized(pixels, sizes).astype(np.float32) / 127.5 - 1).permute(2, 0, 1)

    def _picture(self, tokens: Tensor, canvas: Canvas) -> Pixels:
        side, channels = self.config.latent_patch_size, self.config.vae.latent_channels
        latent = uncut(tokens, canvas.rows, canvas.columns, side, channels)
        pixels = self.loaded.codec.decode(latent[None])[0].clamp(-1, 1)
        return ((pixels + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy()

    def _text(self, text: str) -> TextPiece:
        special = self.config.tokens
        return TextPiece([special.bos, *self.loaded.tokens.encode(text), special.eos])

    def _writing(self, temperature: float) -> Writing:
        special = self.config.tokens
        return Writing(
            most_tokens=self.loaded.defaults.thoughts,
            temperature=temperature,
            start=special.bos,
            stop=special.eos,
        )


def _thinking() -> str:
    return (Path(__file__).parent / "thinking.md").read_text(encoding="utf-8").strip()
