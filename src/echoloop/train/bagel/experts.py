"""One layer of the mixture of transformers: everything exists twice, and attention is joint."""

from torch import Tensor, nn

from echoloop.train.bagel.activations import activation
from echoloop.train.bagel.attention import Attends
from echoloop.train.bagel.config import LlmConfig
from echoloop.train.bagel.norms import RmsNorm
from echoloop.train.bagel.positions import rotate
from echoloop.train.bagel.seating import Seating, Streams


class GatedMlp(nn.Module):
    """down(act(gate) * up)."""

    def __init__(self, config: LlmConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)
        self.act = activation(config.hidden_act)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.down_proj(self.act(self.gate_proj(hidden)) * self.up_proj(hidden))


class JointAttention(nn.Module):
    """Queries, keys and values by the token's own expert; one softmax over both kinds."""

    def __init__(self, config: LlmConfig) -> None:
        super().__init__()
        self.heads, self.shared, self.head_dim = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        )
        width, bias = config.hidden_size, config.attention_bias
        wide, narrow = self.heads * self.head_dim, self.shared * self.head_dim
        self.q_proj = nn.Linear(width, wide, bias=bias)
        self.k_proj = nn.Linear(width, narrow, bias=bias)
        self.v_proj = nn.Linear(width, narrow, bias=bias)
        self.o_proj = nn.Linear(wide, width, bias=False)
        self.q_norm = _head_norm(config)
        self.k_norm = _head_norm(config)
        self.q_norm_moe_gen = _head_norm(config)
        self.k_norm_moe_gen = _head_norm(config)
        self.q_proj_moe_gen = nn.Linear(width, wide, bias=bias)
        self.k_proj_moe_gen = nn.Linear(width, narrow, bias=bias)
        self.v_proj_moe_gen = nn.Linear(width, narrow, bias=bias)
        self.o_proj_moe_gen = nn.Linear(wide, width, bias=False)

    def forward(
        self, streams: Streams, seating: Seating, rotation: tuple[Tensor, Tensor], attend: Attends, layer: int
    ) -> Streams:
        plain, generation = streams
        query = seating.join(
            Streams(
                self.q_norm(self._split(self.q_proj(plain))),
                self.q_norm_moe_gen(self._split(self.q_proj_moe_gen(generation))),
            )
        )
        key = seating.join(
            Streams(
                self.k_norm(self._split(self.k_proj(plain))),
                self.k_norm_moe_gen(self._split(self.k_proj_moe_gen(generation))),
            )
        )
        value = seating.join(
            Streams(self._split(self.v_proj(plain)), self._split(self.v_proj_moe_gen(generation)))
        )
        mixed = attend(layer, rotate(query, rotation), rotate(key, rotation), value).flatten(1)
        mixed_plain, mixed_generation = seating.part(mixed)
        return Streams(self.o_proj(mixed_plain), self.o_proj_moe_gen(mixed_generation))

    def _split(self, projected: Tensor) -> Tensor:
        return projected.unflatten(-1, (-1, self.head_dim))


class ExpertLayer(nn.Module):
    """x += attention(norm(x)); x += mlp(norm(x)), for each stream with its own weights."""

    def __init__(self, config: LlmConfig, index: int) -> None:
        super().__init__()
        self.index = index
        self.self_attn = JointAttention(config)
        self.mlp = GatedMlp(config)
        self.mlp_moe_gen = GatedMlp(config)
        self.input_layernorm = _norm(config)
        self.input_layernorm_moe_gen = _norm(config)
        self.post_attention_layernorm = _norm(config)
        self.post_attention_layernorm_moe_gen = _norm(config)

    def forward(
        self,
        plain: Tensor,
        generation: Tensor,
        seating: Seating,
        rotation: tuple[Tensor, Tensor],
        attend: Attends,
    ) -> tuple[Tensor, Tensor]:
        normed = Streams(self.input_layernorm(plain), self.input_layernorm_moe_gen(generation))
        mixed = self.self_attn(normed, seating, rotation, attend, self.index)
        plain, generation = plain + mixed.plain, generation + mixed.generation
        plain = plain + self.mlp(self.post_attention_layernorm(plain))
        generation = generation + self.mlp_moe_gen(self.post_attention_layernorm_moe_gen(generation))
        return plain, generation


def _norm(config: LlmConfig) -> RmsNorm:
    return RmsNorm(config.hidden_size, eps=config.rms_norm_eps)


def _head_norm(config: LlmConfig) -> nn.Module:
    return RmsNorm(config.head_dim, eps=config.rms_norm_eps) if config.qk_norm else nn.Identity()
