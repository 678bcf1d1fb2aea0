// SPDX-License-Identifier: Apache-2.0
// The program that the precompiled header is made for; its own content does not matter.
