/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_APIS_H
#define EMU_APIS_H

/* The APIs, by cloud. */

#include "api.h"

extern const struct emu_api emu_volcengine_api;
extern const struct emu_api emu_alibaba_api;
extern const struct emu_api emu_baidu_api;

static inline const struct emu_api *emu_api_of(enum emu_cloud cloud)
{
    return cloud == EMU_VOLCENGINE ? &emu_volcengine_api
           : cloud == EMU_ALIBABA  ? &emu_alibaba_api
                                   : &emu_baidu_api;
}

#endif
