"""The vision tower: SigLIP over patches of pictures of any size (NaViT), and the connector to the backbone."""

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from echoloop.train.bagel.activations import activation
from echoloop.train.bagel.attention import Attends
from echoloop.train.bagel.config import VitConfig


class VisionAttention(nn.Module):
    """Every patch looks at all patches of its picture."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.k_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.v_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.q_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.out_proj = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, attend: Attends, layer: int) -> Tensor:
        query, key, value = (
            projected(hidden).unflatten(-1, (self.heads, -1))
            for projected in (self.q_proj, self.k_proj, self.v_proj)
        )
        return self.out_proj(attend(layer, query, key, value).flatten(1))


class VisionMlp(nn.Module):
    """fc2(act(fc1))."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)
        self.act = activation(config.hidden_act)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(hidden)))


class VisionLayer(nn.Module):
    """Pre-norm encoder layer."""

    def __init__(self, config: VitConfig, index: int) -> None:
        super().__init__()
        self.index = index
        self.self_attn = VisionAttention(config)
        self.layer_norm1 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.mlp = VisionMlp(config)
        self.layer_norm2 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, hidden: Tensor, attend: Attends) -> Tensor:
        hidden = hidden + self.self_attn(self.layer_norm1(hidden), attend, self.index)
        return hidden + self.mlp(self.layer_norm2(hidden))


class PatchEmbeddings(nn.Module):
    """A patch's pixels (row, column, colour) through a linear layer, plus the learned position of its place."""

    def __init__(self, config: VitConfig, side: int) -> None:
        super().__init__()
        values = config.patch_size**2 * config.num_channels
        self.position_embedding = nn.Embedding(side * side, config.hidden_size)
        self.patch_embedding = nn.Linear(values, config.hidden_size)

    def forward(self, patches: Tensor, grid_position: Tensor) -> Tensor:
        embedded = self.patch_embedding(patches.to(self.patch_embedding.weight.dtype))
        return embedded + self.position_embedding(grid_position)


class VisionEncoder(nn.Module):
    """What a checkpoint calls `encoder`."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(VisionLayer(config, index) for index in range(config.num_hidden_layers))


class VisionTransformer(nn.Module):
    """What a checkpoint calls `vision_model`."""

    def __init__(self, config: VitConfig, side: int) -> None:
        super().__init__()
        self.embeddings = PatchEmbeddings(config, side)
        self.encoder = VisionEncoder(config)
        self.post_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, patches: Tensor, grid_position: Tensor, attend: Attends, recompute: bool) -> Tensor:
        hidden = self.embeddings(patches, grid_position)
        for layer in self.encoder.layers:
            if recompute:
                hidden = checkpoint(layer, hidden, attend, use_reentrant=False)
            else:
                hidden = layer(hidden, attend)
        return self.post_layernorm(hidden)


class VisionTower(nn.Module):
    """What a checkpoint calls `vit_model`."""

    def __init__(self, config: VitConfig, side: int) -> None:
        super().__init__()
        self.vision_model = VisionTransformer(config, side)


class Connector(nn.Module):
    """From the tower's width to the backbone's."""

    def __init__(self, tower: int, backbone: int, act: str) -> None:
        super().__init__()
        self.fc1 = nn.Linear(tower, backbone)
        self.fc2 = nn.Linear(backbone, backbone)
        self.act = activation(act)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(hidden)))
