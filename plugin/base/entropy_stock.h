/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes drawn ahead: each draw from the operating system is a system call. For one thread.
 */
#ifndef ENSURE_BASE_ENTROPY_STOCK_H
#define ENSURE_BASE_ENTROPY_STOCK_H

#include "base/host.h"

#define ENS_ENTROPY_STOCK_SIZE ((size_t)1024)

struct ens_entropy_stock {
    struct ens_entropy entropy; /* gives each byte once */
    const struct ens_entropy *source;
    size_t left; /* of bytes: the first ones are not given yet */
    unsigned char bytes[ENS_ENTROPY_STOCK_SIZE];
};

/* source has to live as long as the stock, and the stock stays where it is. */
void ens_entropy_stock_init(struct ens_entropy_stock *stock, const struct ens_entropy *source);

#endif
