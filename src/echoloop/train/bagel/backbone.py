"""The language model: embedding, layers of two experts, final norms, head."""

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from echoloop.train.bagel.attention import Attends
from echoloop.train.bagel.config import LlmConfig
from echoloop.train.bagel.experts import ExpertLayer
from echoloop.train.bagel.norms import RmsNorm
from echoloop.train.bagel.positions import rotations
from echoloop.train.bagel.seating import Seating, Streams


class Layers(nn.Module):
    """What a checkpoint calls `language_model.model`."""

    def __init__(self, config: LlmConfig) -> None:
        super().__init__()
        self.head_dim, self.rope_theta = config.head_dim, config.rope_theta
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(ExpertLayer(config, index) for index in range(config.num_hidden_layers))
        self.norm = RmsNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.norm_moe_gen = RmsNorm(config.hidden_size, eps=config.rms_norm_eps)

    def forward(
        self, streams: Streams, seating: Seating, rope_position: Tensor, attend: Attends, recompute: bool
    ) -> Streams:
        """Both streams through every layer, and their final norms. `recompute`: layers keep nothing for the way back."""
        rotation = rotations(rope_position, self.head_dim, self.rope_theta)
        plain, generation = streams
        for layer in self.layers:
            if recompute:
                plain, generation = checkpoint(
                    layer, plain, generation, seating, rotation, attend, use_reentrant=False
                )
            else:
                plain, generation = layer(plain, generation, seating, rotation, attend)
        return Streams(self.norm(plain), self.norm_moe_gen(generation))


class LanguageModel(nn.Module):
    """What a checkpoint calls `language_model`."""

    def __init__(self, config: LlmConfig) -> None:
        super().__init__()
        self.model = Layers(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.model.embed_tokens.weight
