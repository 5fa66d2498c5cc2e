"""What is done every few minutes without anybody's asking."""

from trytond.pool import PoolMeta


class Cron(metaclass=PoolMeta):
    """Scheduled tasks: asking for what is under way, telling the stock."""

    __name__ = "ir.cron"

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        cls.method.selection.extend(
            [
                ("sale.point.sale.line|ask_for_all", "Ask for Prescriptions under Way"),
                ("sale.point|push_all_stock", "Tell the Stock to the Agent"),
            ]
        )
