/* SPDX-License-Identifier: Apache-2.0 */
#include "base/entropy_stock.h"

#include <string.h>

static void fill(void *ud, void *bytes, size_t size)
{
    struct ens_entropy_stock *stock = ud;

    if (size > ENS_ENTROPY_STOCK_SIZE) {
        stock->source->fill(stock->source->ud, bytes, size);
        return;
    }
    if (size > stock->left) {
        stock->source->fill(stock->source->ud, stock->bytes, ENS_ENTROPY_STOCK_SIZE);
        stock->left = ENS_ENTROPY_STOCK_SIZE;
    }
    stock->left -= size;
    memcpy(bytes, stock->bytes + stock->left, size);
    explicit_bzero(stock->bytes + stock->left, size);
}

void ens_entropy_stock_init(struct ens_entropy_stock *stock, const struct ens_entropy *source)
{
    *stock = (struct ens_entropy_stock){.entropy = {fill, stock}, .source = source};
}
