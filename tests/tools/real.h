/* SPDX-License-Identifier: GPL-2.0-only */
/* What the linker's --wrap puts kernel.c before. */
#ifndef REAL_H
#define REAL_H

#include <poll.h>
#include <sys/types.h>

int __real_poll(struct pollfd *fds, nfds_t nr, int timeout);
ssize_t __real_pread(int fd, void *buf, size_t count, off_t offset);

#endif
