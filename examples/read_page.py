"""Read a photo of handwritten numbers: at least seven must be accepted, and all the accepted ones must be right.

Run it with: python examples/read_page.py
"""

import sys
from pathlib import Path

from mnist_nn import Reader

GOAL = 7
TRUTH = ["487", "1", "27", "39", "625032", "879508", "6938", "2547", "9162", "068", "3"]

reading = Reader()(Path(__file__).parent / "page.jpg")
accepted = [number for number in reading.numbers if number.decision == "digit"]
wrong = [number.text for number in accepted if number.text not in TRUTH]

for number in reading.numbers:
    print(f"{number.text:8} {number.confidence:4.0%}  {number.decision}")
print(f"{len(accepted)} accepted, {len(wrong)} of them wrong; the goal is at least {GOAL}, none wrong")
sys.exit(len(accepted) < GOAL or bool(wrong))
