"""Adam in one pass over the memory."""

from __future__ import annotations

import keras
import tensorflow as tf


class FusedAdam(keras.optimizers.Adam):
    """Keras' Adam, whose step is TensorFlow's own kernel for it.

    Keras writes the step as a dozen operations, each of which reads and writes all 3.1
    million weights; the kernel (``ResourceApplyAdam``: Kingma and Ba 2015, the form
    before section 2.1) does the same in one pass. Settings that the kernel does not
    know, such as ``amsgrad``, are not heeded.
    """

    def build(self, variables: list[keras.Variable]) -> None:
        """Makes Adam's two averages of each weight."""
        if self.built:
            return
        super().build(variables)
        averages = iter(self.variables[-2 * len(variables) :])
        self._averages = {
            variable.value.ref(): (momentum.value, velocity.value)
            for variable, momentum, velocity in zip(
                variables, averages, averages, strict=True
            )
        }

    def update_step(
        self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor
    ) -> None:
        """Takes one step of one weight."""
        momentum, velocity = self._averages[variable.ref()]
        step = tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=momentum.handle,
            v=velocity.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
            use_locking=False,
            use_nesterov=False,
        )
