from .stack import HospitalStack

__all__ = ['HospitalStack']
