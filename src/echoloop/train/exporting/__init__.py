"""Training rows in the layouts of other backbones."""

from echoloop.train.exporting.blip3o import export_blip3o
from echoloop.train.exporting.omnigen2 import export_omnigen2
from echoloop.train.exporting.report import Exported

__all__ = ["Exported", "export_blip3o", "export_omnigen2"]
