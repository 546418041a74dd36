/* SPDX-License-Identifier: Apache-2.0 */
// Filter, sort and group the rows that are in the page. Without this script the page shows all of them.
'use strict';
(() => {
  const table = document.querySelector('table');
  const heads = Array.from(table.tHead.rows[0].cells);
  const [filter, group, sort, shown] = ['filter', 'group', 'sort', 'shown'].map((id) => document.getElementById(id));
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const rows = Array.from(table.tBodies[0].rows, (row) => {
    const [cloud, region] = row.cells[0].textContent.split('/');
    return { row, cloud, region: cloud + '/' + region, reason: row.dataset.reason, text: '' };
  });
  let column = -1;
  let down = false;

  const textOf = (one) => (one.text = one.text || (one.row.textContent + ' ' + one.reason).toLowerCase());
  const valueOf = (one) => one.row.cells[column].dataset.value || one.row.cells[column].textContent;

  const matching = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = rows.filter((one) => words.every((word) => textOf(one).includes(word)));
    if (column >= 0) {
      const keyed = found.map((one) => [valueOf(one), one]);
      keyed.sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
      return keyed.map((pair) => pair[1]);
    }
    return found;
  };

  const bodyOf = (found) => {
    const body = document.createElement('tbody');
    body.append(...found.map((one) => one.row));
    return body;
  };

  const headOf = (name, count) => {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    row.className = 'group';
    head.scope = 'rowgroup';
    head.colSpan = heads.length;
    head.textContent = name + ' (' + count + ')';
    row.append(head);
    return row;
  };

  const show = () => {
    const found = matching();
    const groups = new Map();
    let bodies = [bodyOf(group.value ? [] : found)];
    if (group.value) {
      for (const one of found) {
        const name = one[group.value];
        if (!groups.has(name)) {
          groups.set(name, []);
        }
        groups.get(name).push(one);
      }
      bodies = Array.from(groups.keys()).sort(compare).map((name) => {
        const body = bodyOf(groups.get(name));
        body.prepend(headOf(name, groups.get(name).length));
        return body;
      });
    }
    for (const body of Array.from(table.tBodies)) { // the head stays, with the focus in it
      body.remove();
    }
    table.append(...bodies);
    shown.textContent = found.length + ' of ' + rows.length + ' shown';
  };

  const sortBy = (index, descending) => {
    column = index;
    down = descending;
    heads.forEach((head, at) => {
      if (at === column) {
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      } else {
        head.removeAttribute('aria-sort');
      }
    });
    sort.value = column < 0 ? '' : String(column);
    show();
  };

  heads.forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sortBy(at, at === column && !down));
    head.replaceChildren(button);
    sort.append(new Option(button.textContent, String(at)));
  });

  let timer = 0;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  group.addEventListener('change', show);
  sort.addEventListener('change', () => sortBy(sort.value === '' ? -1 : Number(sort.value), false));
  for (const button of document.querySelectorAll('button[data-reason]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      filter.value = button.dataset.reason;
      show();
      document.getElementById('instances').focus();
    });
  }
  document.querySelector('.tools').hidden = false;
  shown.textContent = rows.length + ' of ' + rows.length + ' shown';
})();
