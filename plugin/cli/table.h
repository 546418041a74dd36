/* The picture for people: instances by cloud and region, what needs words below, a closing line. */
#ifndef ENSURE_CLI_TABLE_H
#define ENSURE_CLI_TABLE_H

#include "cli/style.h"

void ens_table_write(struct ens_buf *out, const struct ens_report *report,
                     const struct ens_style *style);

#endif
