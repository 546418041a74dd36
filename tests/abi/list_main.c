/* SPDX-License-Identifier: Apache-2.0 */
#include "lister.h"

int main(void)
{
    return list_providers();
}
