"""Vectors for Numba: values of sixteen lanes that stay in registers, and functions of them.

`vector` is the type with its operators, load and store; `lanes` has functions lane by lane and across lanes;
`vector_math` has exp, log and the like, and the Threefry generator. Nothing here knows of networks.
"""
