"""A report on a model as one web page: how good it is, where it fails, how it looks inside, and how to train it again.

Start with `build_report`. `measurements` computes every number, each module of `sections` chooses what one section says
about them, and `templates` holds the wording. Figures come from `mnist_nn.plots`.
"""

from mnist_nn.report.page import SECTIONS, Report, build_report

__all__ = ["SECTIONS", "Report", "build_report"]
