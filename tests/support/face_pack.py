"""Tiny ONNX files with the inputs and outputs of SCRFD 10g and glintr100.

The detector's score is how much more red than blue there is in a window of 96 pixels of its 640 (fed the wrong way round it
finds nothing); its boxes and landmarks lie at fixed offsets. The recogniser's embedding is the aligned face on a grid of 7 x 7.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SCORES, BOXES, POINTS = ("448", "471", "494"), ("451", "474", "497"), ("454", "477", "500")
_LANDMARKS = np.array([-3, -3, 3, -3, 0, 0, -2.5, 3.5, 2.5, 3.5], np.float32)


def write_face_pack(folder: Path) -> Path:
    """Both files, under the names of AuraFace-v1."""
    folder.mkdir(parents=True)
    onnx.save(_detector(), folder / "scrfd_10g_bnkps.onnx")
    onnx.save(_recogniser(), folder / "glintr100.onnx")
    return folder


def _detector() -> onnx.ModelProto:
    constants = {
        "redness": np.array([1, 0, -1], np.float32).reshape(1, 3, 1, 1),
        "rows": np.array([6400, 1], np.int64),
        "anchors": np.array([12800, 1], np.int64),
        "second": np.zeros((6400, 1), np.float32),
        "gain": np.array(1.7, np.float32),
    }
    outputs = []
    for score, box, points, cells in zip(SCORES, BOXES, POINTS, (12800, 3200, 800), strict=True):
        constants[box] = np.full((cells, 4), 14, np.float32)
        constants[points] = np.tile(_LANDMARKS, (cells, 1))
        if score != SCORES[0]:
            constants[score] = np.zeros((cells, 1), np.float32)
        outputs += [(score, (cells, 1)), (box, (cells, 4)), (points, (cells, 10))]
    shapes = dict(outputs)
    nodes = [
        helper.make_node("Conv", ["input.1", "redness"], ["red"]),
        helper.make_node(
            "AveragePool",
            ["red"],
            ["seen"],
            kernel_shape=[96, 96],
            strides=[8, 8],
            pads=[44, 44, 44, 44],
            count_include_pad=1,
        ),
        helper.make_node("Mul", ["seen", "gain"], ["louder"]),
        helper.make_node("Reshape", ["louder", "rows"], ["first"]),
        helper.make_node("Concat", ["first", "second"], ["both"], axis=1),
        helper.make_node("Reshape", ["both", "anchors"], [SCORES[0]]),
    ]
    order = (*SCORES, *BOXES, *POINTS)
    kept = {name: value for name, value in constants.items() if name not in order}
    fixed = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
        for name, value in constants.items()
        if name in order
    ]
    graph = helper.make_graph(
        [*nodes, *fixed],
        "detector",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, "?", "?"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shapes[name])) for name in order],
        [numpy_helper.from_array(value, name) for name, value in kept.items()],
    )
    return _model(graph)


def _recogniser() -> onnx.ModelProto:
    graph = helper.make_graph(
        [
            helper.make_node("AveragePool", ["input.1"], ["grid"], kernel_shape=[16, 16], strides=[16, 16]),
            helper.make_node("Flatten", ["grid"], ["1333"]),
        ],
        "recogniser",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, ["None", 3, 112, 112])],
        [helper.make_tensor_value_info("1333", TensorProto.FLOAT, ["None", 147])],
    )
    return _model(graph)


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model
