from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    environment_suffix: str
    receipt_years: int = 10

    def name(self, what: str) -> str:
        return f"donations-{what}-{self.environment_suffix}"
