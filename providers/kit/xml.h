/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error that a cloud writes in XML, as its gateways do for some requests: the elements Code,
 * Message and RequestId, wherever they stand. Strict: what is not well-formed, a document type, and
 * an HTML page are no such error.
 */
#ifndef ENSURE_KIT_XML_H
#define ENSURE_KIT_XML_H

#include <stdbool.h>

#include "ensure/provider.h"

/* Deeper elements are not read. */
#define KIT_XML_DEPTH_MAX 16u

struct kit_xml_error {
    ens_str code; /* never empty */
    ens_str message;
    ens_str request_id;
};

bool kit_xml_read_error(const struct ens_memory *memory, ens_str text, struct kit_xml_error *ret);

/* Whether text looks like a page for a browser. */
bool kit_is_html(ens_str text);

#endif
