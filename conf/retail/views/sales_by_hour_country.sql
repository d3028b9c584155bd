-- Sales of each hour in each country. Net counts every line, gross only sales.
SELECT
  window.start AS window_start,
  window.end AS window_end,
  country,
  count(*) AS line_count,
  sum(quantity) AS quantity_net,
  sum(revenue) AS revenue_net,
  count_if(is_sale) AS sale_lines,
  sum(IF(is_sale, quantity, 0)) AS quantity_gross,
  sum(IF(is_sale, revenue, 0)) AS revenue_gross,
  count_if(cancelled) AS cancelled_lines,
  sum(IF(cancelled, quantity, 0)) AS quantity_cancelled,
  sum(IF(cancelled, revenue, 0)) AS revenue_cancelled
FROM (
  SELECT
    event_time,
    country,
    quantity,
    quantity * unit_price AS revenue,
    cancelled,
    NOT cancelled AND quantity > 0 AND unit_price > 0 AS is_sale
  FROM events
) AS lines
GROUP BY window(event_time, '1 hour'), country
