# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The version of libkring and of the tools that come with it.
VERSION := 0.1.0
