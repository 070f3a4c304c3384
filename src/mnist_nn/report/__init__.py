"""A model on one web page: how good it is, where it errs, what it looks like inside, how to make it again.

`build_report` is the way in. `measurements` holds every number, each module of `sections` chooses what one section
says of them, and `templates` holds the words. Figures come from `mnist_nn.plots`.
"""

from mnist_nn.report.page import SECTIONS, Report, build_report

__all__ = ["SECTIONS", "Report", "build_report"]
