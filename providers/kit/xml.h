/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for an error in XML, which gateways of the clouds send for some requests: the elements
 * Code, Message and RequestId, at any depth. Strict: a document that is not well-formed, has a
 * document type or is HTML is not read.
 */
#ifndef ENSURE_KIT_XML_H
#define ENSURE_KIT_XML_H

#include <stdbool.h>

#include "ensure/provider.h"

/* Deeper nesting is an error. */
#define KIT_XML_DEPTH_MAX 16u

struct kit_xml_error {
    ens_str code; /* never empty */
    ens_str message;
    ens_str request_id;
};

bool kit_xml_read_error(const struct ens_memory *memory, ens_str text, struct kit_xml_error *ret);

/* Whether text starts like an HTML document. */
bool kit_is_html(ens_str text);

#endif
